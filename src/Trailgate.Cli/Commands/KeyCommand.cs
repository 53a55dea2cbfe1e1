using System.CommandLine;
using Trailgate.Archive;
using Trailgate.Cli.Keys;
using Trailgate.Signing;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate key new|show|rotate</c>: the key that signs the ledger, receipts and proofs.</summary>
internal static class KeyCommand
{
    public static Command Create() => new("key", "The key that signs the ledger and receipts.") { New(), Show(), Rotate() };

    private static Command New()
    {
        var file = KeyFile("The file to make; without it the key of this user, which 'serve' would make at its first start. One that is there is left as it is.");
        var command = new Command("new", "Makes a signing key, and prints its public half.") { file };
        command.SetAction(parsed => Make(Open(parsed.GetValue(file)), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Command Show()
    {
        var file = KeyFile("The file of the key; without it the key that this installation signs with.");
        var pem = new Option<bool>("--pem") { Description = "Prints PEM, for OpenSSL and the like, instead of verifier keys." };
        var command = new Command("show", "Prints the public half of the signing key: what 'trailgate verify --key' takes.") { file, pem };
        command.SetAction(parsed => Print(KeysOf(parsed.GetValue(file)), parsed.GetValue(pem), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Command Rotate()
    {
        var file = KeyFile("The file of the key; without it the one that this installation signs with.");
        var end = new Option<bool>("--end") { Description = "Ends a change: the old key is taken out of the file and signs no more." };
        var command = new Command("rotate", "Puts a new key before the old one, so that both sign for a while, and writes down the change for whoever trusts the old one.") { file, end };
        command.SetAction(parsed =>
        {
            var rotation = new KeyRotation(OpenExisting(parsed.GetValue(file)));
            return parsed.GetValue(end)
                ? rotation.End(parsed.InvocationConfiguration.Output)
                : rotation.Begin(parsed.InvocationConfiguration.Output);
        });
        return command;
    }

    private static int Make(SigningKeyFile file, TextWriter output)
    {
        using var key = SigningKey.Create(Name());
        if (!file.TryCreate([key]))
        {
            throw new CommandFailedException($"{file.Path} is there already, and was left as it is. 'trailgate key show' prints its public half, 'trailgate key rotate' changes it.");
        }

        output.WriteLine($"""
            A signing key stands in {file.Path}, for its user alone.

            Its public half, to be kept where the archive is not, and given to whoever checks it:

              {key.Verifier}

            Keep a copy of the file in a safe place. A server signs with it when {SigningOptions.Section}:{nameof(SigningOptions.KeyFile)} names it,
            or when it is the user's own ({OwnPath()}).
            """);
        return CommandLine.Done;
    }

    private static int Print(IReadOnlyList<SigningKey> keys, bool pem, TextWriter output)
    {
        foreach (var key in keys)
        {
            output.WriteLine(pem ? key.Verifier.ToPem().TrimEnd() : key.Verifier.ToString());
            key.Dispose();
        }

        return CommandLine.Done;
    }

    private static Argument<string?> KeyFile(string description) => new("FILE") { Description = description, Arity = ArgumentArity.ZeroOrOne };

    private static IReadOnlyList<SigningKey> KeysOf(string? path)
    {
        using var settings = Settings.Load(Directory.GetCurrentDirectory(), data: null, connection: null);
        if (path is not null || settings[$"{SigningOptions.Section}:{nameof(SigningOptions.Key)}"] is not { Length: > 0 } pem)
        {
            return OpenExisting(path).Read();
        }

        return SigningKey.TryParse(pem, Name(), out var keys, out var problem)
            ? keys
            : throw new CommandFailedException($"{SigningOptions.Section}:{nameof(SigningOptions.Key)} {problem}.");
    }

    private static SigningKeyFile OpenExisting(string? path)
    {
        var file = Open(path);
        return file.Exists
            ? file
            : throw new CommandFailedException($"There is no signing key in {file.Path}. 'trailgate key new' makes one, and so does the first start of a server.");
    }

    /// <summary>The file that was asked for, else the one of the settings, else the user's own.</summary>
    private static SigningKeyFile Open(string? path)
    {
        using var settings = Settings.Load(Directory.GetCurrentDirectory(), data: null, connection: null);
        var section = settings.GetSection(SigningOptions.Section);
        if (path is null && section[nameof(SigningOptions.Key)] is { Length: > 0 })
        {
            throw new CommandFailedException($"The key stands in the setting {SigningOptions.Section}:{nameof(SigningOptions.Key)}, which this command can not write. Save it to a file, name the file here, and put its content back into the setting.");
        }

        return new SigningKeyFile(path ?? (section[nameof(SigningOptions.KeyFile)] is { Length: > 0 } file ? file : SigningKeyFile.DefaultPath), Name());
    }

    private static string Name()
    {
        using var settings = Settings.Load(Directory.GetCurrentDirectory(), data: null, connection: null);
        var origin = settings[$"{ArchiveOptions.Section}:{nameof(ArchiveOptions.Origin)}"] is { Length: > 0 } set ? set : new ArchiveOptions().Origin;
        return LedgerNote.IsValidOrigin(origin)
            ? origin
            : throw new CommandFailedException($"{ArchiveOptions.Section}:{nameof(ArchiveOptions.Origin)}: must be 1 to 200 printable ASCII characters without spaces and plus signs.");
    }

    private static string OwnPath()
    {
        try
        {
            return SigningKeyFile.DefaultPath;
        }
        catch (SigningKeyException)
        {
            return "which needs a home directory";
        }
    }
}
