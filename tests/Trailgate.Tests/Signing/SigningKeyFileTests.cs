using System.Runtime.Versioning;
using Trailgate.Signing;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Signing;

[UnsupportedOSPlatform("windows")] // it is about the rights of Unix
public sealed class SigningKeyFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file_is_made_once_for_its_user_alone()
    {
        var file = NewFile();

        var made = file.OpenOrCreate(out var created);
        var again = NewFile().OpenOrCreate(out var createdAgain);

        Assert.Equal((true, false), (created, createdAgain));
        Assert.Equal(made[0].Verifier, Assert.Single(again).Verifier);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.Path));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(file.Path)!));
        Assert.Equal([file.Path], Directory.GetFiles(Path.GetDirectoryName(file.Path)!));
    }

    [Fact]
    public void Racers_that_make_the_file_at_once_use_the_same_key()
    {
        var keys = new SigningKey[16];

        Parallel.For(0, keys.Length, i => keys[i] = NewFile().OpenOrCreate(out _)[0]);

        Assert.Single(keys.Select(key => key.Verifier.ToString()).Distinct());
    }

    [Fact]
    public void A_key_that_others_may_read_is_refused()
    {
        var file = NewFile();
        file.OpenOrCreate(out _);
        File.SetUnixFileMode(file.Path, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        var failure = Assert.Throws<SigningKeyException>(() => file.OpenOrCreate(out _));

        Assert.Contains("chmod 600", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_holds_no_key_is_refused_by_its_name_and_left_as_it_is()
    {
        var file = NewFile();
        Directory.CreateDirectory(Path.GetDirectoryName(file.Path)!);
        File.WriteAllText(file.Path, "mine");
        File.SetUnixFileMode(file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var failure = Assert.Throws<SigningKeyException>(() => file.OpenOrCreate(out _));

        Assert.StartsWith(file.Path, failure.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(file.Path));
    }

    [Fact]
    public void A_place_that_can_not_be_written_is_named()
    {
        File.WriteAllText(_folder.Combine("a-file"), "");

        var failure = Assert.Throws<SigningKeyException>(() => new SigningKeyFile(_folder.Combine("a-file/key.pem"), "n").OpenOrCreate(out _));

        Assert.Contains(_folder.Combine("a-file/key.pem"), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_leaves_the_new_keys_for_the_user_alone()
    {
        var file = NewFile();
        var old = file.OpenOrCreate(out _)[0];
        var next = SigningKey.Create("n");

        file.Change(keys => [next, .. keys]);

        Assert.Equal([next.Verifier, old.Verifier], file.Read().Select(key => key.Verifier));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.Path));
    }

    [Fact]
    public void Changes_at_once_come_one_after_the_other()
    {
        var file = NewFile();
        file.OpenOrCreate(out _);

        Parallel.For(0, 8, _ => file.Change(keys => [SigningKey.Create("n"), .. keys]));

        Assert.Equal(9, file.Read().Count);
    }

    private SigningKeyFile NewFile() => new(_folder.Combine("deep/down/signing-key.pem"), "n");
}
