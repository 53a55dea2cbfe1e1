using System.Globalization;
using Trailgate.Hosting;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Hosting;

public sealed class SettingNamesTests
{
    public static TheoryData<string> Settings => [.. SettingNames.All];

    [Fact]
    public void Names_are_read_off_the_options_classes()
    {
        Assert.Contains("Trailgate:Data", SettingNames.All);
        Assert.Contains("Trailgate:Keys:{name}:Hash", SettingNames.All);
        Assert.Contains("Trailgate:Keys:{name}:Scopes", SettingNames.All);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Every_setting_stands_in_the_table_of_the_README(string setting) =>
        Assert.Contains($"| `{setting}` |", File.ReadAllText(Repository("README.md")), StringComparison.Ordinal);

    [Fact]
    public void The_table_of_the_README_lists_nothing_else()
    {
        var listed = File.ReadLines(Repository("README.md"))
            .Where(line => line.StartsWith("| `Trailgate:", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]);

        Assert.Empty(listed.Except(SettingNames.All));
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Every_setting_stands_in_the_sample(string setting) =>
        Assert.Contains(Sample(), name => Matches(setting, name));

    [Fact]
    public void The_sample_holds_nothing_that_is_no_setting() =>
        Assert.DoesNotContain(Sample(), name => name.StartsWith("Trailgate:", StringComparison.Ordinal) && !SettingNames.IsKnown(name));

    [Theory]
    [MemberData(nameof(Defaults))]
    public void Sample_and_README_tell_the_default_that_the_code_has(string setting, string value)
    {
        Assert.Equal(value, LocalSettings.Read(File.ReadAllBytes(Repository("local.settings.sample.json")))[setting], ignoreCase: true);
        var row = File.ReadLines(Repository("README.md")).Single(line => line.StartsWith($"| `{setting}` |", StringComparison.Ordinal));
        Assert.Equal(value, row.Split('|')[2].Trim().Trim('`'), ignoreCase: true);
    }

    public static TheoryData<string, string> Defaults()
    {
        var defaults = new TheoryData<string, string>();
        foreach (var (section, type) in SettingNames.Classes)
        {
            var options = Activator.CreateInstance(type);
            foreach (var property in type.GetProperties().Where(property =>
                property.PropertyType != typeof(ConnectionOptions) && SettingNames.All.Contains($"{section}:{property.Name}")))
            {
                defaults.Add($"{section}:{property.Name}", Convert.ToString(property.GetValue(options), CultureInfo.InvariantCulture) ?? "");
            }
        }

        return defaults;
    }

    private static Dictionary<string, string?>.KeyCollection Sample() => LocalSettings.Read(File.ReadAllBytes(Repository("local.settings.sample.json"))).Keys;

    private static bool Matches(string setting, string name) =>
        setting.Split(':') is var expected && name.Split(':') is var given && expected.Length == given.Length
        && expected.Zip(given).All(pair => pair.First == SettingNames.Placeholder || pair.First == pair.Second);

    private static string Repository(string file) => Path.Combine(SourceTree.Root, file);
}
