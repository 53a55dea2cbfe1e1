using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Trailgate.Archive;
using Trailgate.Signing;

namespace Trailgate.Verify;

/// <summary>A head of a ledger as somebody kept it outside of the archive: a note, or its sequence and hash.</summary>
/// <param name="Sequence">The note's sequence.</param>
/// <param name="Sha256">SHA-256 of the note's bytes, 64 lower-case hexadecimal digits; null when the text is known instead.</param>
/// <param name="Text">The note's text without signatures; null when the hash is known instead.</param>
/// <param name="Origin">The note's origin, where it is known.</param>
public sealed record KnownHead(long Sequence, string? Sha256, string? Text, string? Origin)
{
    /// <summary>Reads <c>SEQUENCE:SHA256</c>, as the summary of a check prints it; null when it is none.</summary>
    public static KnownHead? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            && sequence > 0
            && Digest.TryParse(text.AsSpan(colon + 1), out _)
                ? new KnownHead(sequence, text[(colon + 1)..], null, null)
                : null;
    }

    /// <summary>Reads the bytes of a note; null when they are none.</summary>
    /// <remarks>Its text is compared, because whoever kept the note may have lost a signature line of it.</remarks>
    public static KnownHead? ReadNote(ReadOnlyMemory<byte> bytes) =>
        LedgerNote.Read(bytes.Span) is { } note ? new KnownHead(note.Sequence, null, note.ToText(), note.Origin) : null;

    internal bool Matches(LedgerNote note, ReadOnlySpan<byte> bytes) => Sha256 is null ? Text == note.ToText() : HasHash(bytes);

    /// <summary>
    /// Whether a note of another hash is the known one under more signature lines. Anybody can add a line; which of them was
    /// added nobody knows, so each choice of lines is tried, of a note that has no more than people give it.
    /// </summary>
    internal bool MatchesWithFewerSignatures(ReadOnlyMemory<byte> bytes)
    {
        const int MaxTried = 8;
        if (Sha256 is null || !SignedNote.TryRead(bytes.Span, out var note, out _) || note.Signatures.Count > MaxTried)
        {
            return false;
        }

        var text = bytes.Span.LastIndexOf("\n\n"u8) + 2;
        var lines = Encoding.UTF8.GetString(bytes.Span[text..]).Split('\n')[..^1];
        for (var choice = 0; choice < (1 << lines.Length) - 1; choice++)
        {
            var chosen = string.Concat(lines.Where((_, line) => (choice & (1 << line)) != 0).Select(static line => line + "\n"));
            if (HasHash([.. bytes.Span[..text], .. Encoding.UTF8.GetBytes(chosen)]))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasHash(ReadOnlySpan<byte> bytes) => Sha256 == Convert.ToHexStringLower(SHA256.HashData(bytes));
}
