using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Trailgate.Signing;

/// <summary>The public keys that somebody who checks an archive trusts.</summary>
public sealed class TrustedKeys
{
    private readonly List<VerifierKey> _keys;

    private TrustedKeys(List<VerifierKey> keys) => _keys = keys;

    /// <summary>The keys.</summary>
    public IReadOnlyList<VerifierKey> All => _keys;

    /// <summary>Trusts these keys.</summary>
    public static TrustedKeys Of(IEnumerable<VerifierKey> keys) => new([.. keys.Distinct()]);

    /// <summary>
    /// Reads keys: each text is a verifier key, or the content of a file with verifier keys (one a line), PEM blocks of public
    /// keys, or a key change as <c>trailgate key rotate</c> writes it. A key change counts when the old key is trusted,
    /// whatever the order of the texts.
    /// </summary>
    /// <param name="texts">The texts, each with the name that a message calls it by.</param>
    /// <param name="trusted">All keys, those of proven key changes included.</param>
    /// <param name="problem">What is wrong: a sentence.</param>
    public static bool TryRead(IEnumerable<(string Source, string Text)> texts, [NotNullWhen(true)] out TrustedKeys? trusted, [NotNullWhen(false)] out string? problem)
    {
        var keys = new List<VerifierKey>();
        var changes = new List<(string Source, KeyChange Change)>();
        trusted = null;
        foreach (var (source, text) in texts)
        {
            problem = KeyChange.IsMeant(text) ? ReadChange(text, source, changes) : ReadKeys(text, source, keys);
            if (problem is not null)
            {
                return false;
            }
        }

        for (var i = changes.Count; i > 0; i--)
        {
            // Each round may bring the key that another change begins with.
            keys.AddRange(changes.Where(change => keys.Contains(change.Change.Old)).Select(change => change.Change.New).Except(keys).ToList());
        }

        if (changes.Find(change => !keys.Contains(change.Change.Old)) is { Source: { } unproven })
        {
            problem = $"{unproven} says which key follows a key that is not trusted here; name that old key as well.";
            return false;
        }

        (trusted, problem) = (Of(keys), null);
        return true;
    }

    /// <summary>The keys that a signature line can mean. Key ids are short, so there may be more than one.</summary>
    internal IEnumerable<VerifierKey> Find(string name, uint id) =>
        _keys.Where(key => key.Id == id && (key.Name is null || key.Name == name));

    private static string? ReadChange(string text, string source, List<(string, KeyChange)> changes)
    {
        if (!SignedNote.TryRead(Encoding.UTF8.GetBytes(text), out var note, out _) || !KeyChange.TryRead(note, out var change))
        {
            return $"{source} begins like a key change and is none.";
        }

        if (!change.IsProven(note))
        {
            return $"{source} is a key change that its keys did not sign.";
        }

        changes.Add((source, change));
        return null;
    }

    private static string? ReadKeys(string text, string source, List<VerifierKey> keys)
    {
        var before = keys.Count;
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var block))
        {
            if (ReadLines(rest[..block.Location.Start], source, keys) is { } fault)
            {
                return fault;
            }

            if (!VerifierKey.TryParsePem(rest[block.Location], name: null, out var key, out var problem))
            {
                return $"{source} {problem}.";
            }

            keys.Add(key);
            rest = rest[block.Location.End..];
        }

        return ReadLines(rest, source, keys) ?? (keys.Count == before ? $"{source} holds no key." : null);
    }

    private static string? ReadLines(ReadOnlySpan<char> text, string source, List<VerifierKey> keys)
    {
        foreach (var range in text.Split('\n'))
        {
            var line = text[range].Trim();
            if (line.IsEmpty || line[0] == '#')
            {
                continue;
            }

            if (!VerifierKey.TryParse(line, out var key, out var problem))
            {
                return $"{source} {problem}.";
            }

            keys.Add(key);
        }

        return null;
    }
}
