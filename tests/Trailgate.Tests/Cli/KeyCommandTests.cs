using System.Runtime.Versioning;
using Trailgate.Cli;
using Trailgate.Signing;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Cli;

[UnsupportedOSPlatform("windows")] // it is about the rights of Unix
public sealed class KeyCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string KeyPath => _folder.Combine("key.pem");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_new_key_stands_in_its_file_and_only_its_public_half_is_printed()
    {
        var output = await RunAsync("new", KeyPath);

        var key = Assert.Single(Keys());
        Assert.Contains(key.Verifier.ToString(), output, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", output, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
    }

    [Fact]
    public async Task A_key_that_is_there_is_never_overwritten()
    {
        await RunAsync("new", KeyPath);
        var before = await File.ReadAllTextAsync(KeyPath);

        var error = await FailAsync("new", KeyPath);

        Assert.Contains("is there already", error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(KeyPath));
    }

    [Fact]
    public async Task A_key_is_shown_as_a_verifier_key_or_as_PEM()
    {
        await RunAsync("new", KeyPath);
        var key = Assert.Single(Keys()).Verifier;

        Assert.Equal(key + "\n", await RunAsync("show", KeyPath));
        Assert.Equal(key.ToPem(), await RunAsync("show", KeyPath, "--pem"));
    }

    [Fact]
    public async Task A_key_that_is_not_there_can_not_be_shown_or_changed()
    {
        Assert.Contains("There is no signing key", await FailAsync("show", KeyPath), StringComparison.Ordinal);
        Assert.Contains("There is no signing key", await FailAsync("rotate", KeyPath), StringComparison.Ordinal);
        Assert.False(File.Exists(KeyPath));
    }

    [Fact]
    public async Task A_rotation_puts_a_new_key_before_the_old_one_and_leads_trust_from_one_to_the_other()
    {
        await RunAsync("new", KeyPath);
        var old = Assert.Single(Keys()).Verifier;

        var output = await RunAsync("rotate", KeyPath);

        var keys = Keys().Select(key => key.Verifier).ToList();
        Assert.Equal((2, old), (keys.Count, keys[1]));
        Assert.Contains(keys[0].ToString(), output, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", output, StringComparison.Ordinal);
        var change = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(_folder.Path, "key-change-*.note")));
        Assert.True(TrustedKeys.TryRead([("old", old.ToString()), ("change", change)], out var trusted, out _));
        Assert.Equal([old, keys[0]], trusted.All);
    }

    [Fact]
    public async Task A_second_rotation_waits_for_the_end_of_the_first()
    {
        await RunAsync("new", KeyPath);
        await RunAsync("rotate", KeyPath);
        var before = await File.ReadAllTextAsync(KeyPath);

        Assert.Contains("under way", await FailAsync("rotate", KeyPath), StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(KeyPath));

        var next = Keys()[0].Verifier;
        await RunAsync("rotate", KeyPath, "--end");
        Assert.Equal(next, Assert.Single(Keys()).Verifier);
        Assert.Contains("no change is under way", await FailAsync("rotate", KeyPath, "--end"), StringComparison.Ordinal);
    }

    private IReadOnlyList<SigningKey> Keys() => new SigningKeyFile(KeyPath, "trailgate").Read();

    private static async Task<string> RunAsync(params string[] words)
    {
        var (exit, output, error) = await CommandAsync(words);
        Assert.True(exit == 0, error);
        Assert.Empty(error);
        return output;
    }

    private static async Task<string> FailAsync(params string[] words)
    {
        var (exit, output, error) = await CommandAsync(words);
        Assert.Equal(2, exit);
        Assert.Empty(output);
        return error;
    }

    private static async Task<(int Exit, string Output, string Error)> CommandAsync(string[] words)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exit = await CommandLine.RunAsync(["key", .. words], output, error);
        return (exit, output.ToString(), error.ToString());
    }
}
