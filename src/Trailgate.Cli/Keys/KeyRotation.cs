using Trailgate.Signing;

namespace Trailgate.Cli.Keys;

/// <summary>Changes the key of a file: first both sign, then the new one alone.</summary>
internal sealed class KeyRotation(SigningKeyFile file)
{
    public int Begin(TextWriter output)
    {
        var (change, path) = (default(KeyChange), "");
        file.Change(keys =>
        {
            if (keys is not [var old])
            {
                throw new CommandFailedException($"{file.Path} holds {keys.Count} keys: a change is under way. 'trailgate key rotate {file.Path} --end' ends it; then another can begin.");
            }

            var next = SigningKey.Create(old.Name);
            change = new KeyChange(old.Verifier, next.Verifier);
            // Before the key signs anything: a key in use that nothing leads to would have to be trusted on somebody's word.
            path = WriteChange(old, next);
            return [next, old];
        });
        output.WriteLine($"""
            {file.Path} holds two keys now: the new one signs, and the old one beside it.

            1. Restart every server and whatever runs 'trailgate archive': they read the file when they start. Where the
               key is passed as a setting, put the content of the file there first.
            2. Publish the new public half where the old one was published:

                 {change!.New}

               and beside it the change, which both keys signed: {path}
               Whoever trusts the old key checks the new one by it: trailgate verify --key OLD --key {Path.GetFileName(path)}
            3. When all who check have the new key: trailgate key rotate {file.Path} --end, and restart again.
            """);
        return CommandLine.Done;
    }

    public int End(TextWriter output)
    {
        var kept = default(SigningKey);
        file.Change(keys =>
        {
            if (keys is not [var current, _, ..])
            {
                throw new CommandFailedException($"{file.Path} holds one key: no change is under way. 'trailgate key rotate {file.Path}' begins one.");
            }

            kept = current;
            return [current];
        });
        output.WriteLine($"""
            {file.Path} holds one key again, which signs alone after a restart:

              {kept!.Verifier}

            Whoever checks keeps the public halves of earlier keys: notes that were signed by them stay as they are.
            """);
        return CommandLine.Done;
    }

    private string WriteChange(SigningKey old, SigningKey next)
    {
        var path = Path.Combine(
            Path.GetDirectoryName(file.Path)!, // not null: a full path of a file
            $"key-change-{VerifierKey.IdText(old.Verifier.Id)}-{VerifierKey.IdText(next.Verifier.Id)}.note");
        try
        {
            using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            stream.Write(KeyChange.Write(old, next).Span);
            stream.Flush(flushToDisk: true);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"The change can not be written to {path}, and no key was changed: {e.Message}");
        }
    }
}
