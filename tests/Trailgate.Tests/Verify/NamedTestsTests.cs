using System.Text.RegularExpressions;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Verify;

/// <summary>The documents name the test that shows each thing they promise.</summary>
public sealed partial class NamedTestsTests
{
    public static TheoryData<string> Named => [.. Documents().SelectMany(static file => NameOf().Matches(File.ReadAllText(file))).Select(static match => match.Groups["name"].Value).Distinct()];

    [Theory]
    [MemberData(nameof(Named))]
    public void Every_test_that_a_document_names_is_there(string name) =>
        Assert.Single(Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "tests"), $"{name}.cs", SearchOption.AllDirectories).Select(Path.GetFileName).Distinct());

    [Fact]
    public void Every_promise_of_the_README_names_one() =>
        Assert.All(
            File.ReadLines(Path.Combine(SourceTree.Root, "README.md")).SkipWhile(static line => line != "| Promise | Shown by |").Skip(2).TakeWhile(static line => line.StartsWith('|')),
            static line => Assert.Matches(NameOf(), line.Split('|')[2]));

    private static IEnumerable<string> Documents() => Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "docs"), "*.md").Append(Path.Combine(SourceTree.Root, "README.md"));

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z0-9]+Tests)`", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NameOf();
}
