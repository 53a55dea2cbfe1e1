using System.Diagnostics.CodeAnalysis;

namespace Trailgate.Signing;

/// <summary>
/// The statement that a key follows another: a signed note that names both, under the signatures of both. Who trusts the
/// old key can check it and trust the new one; a ledger note with two signatures does not say as much, because anybody
/// can add a line of his own key to a note.
/// </summary>
/// <param name="Old">The key that was trusted.</param>
/// <param name="New">The key that follows.</param>
public sealed record KeyChange(VerifierKey Old, VerifierKey New)
{
    // With a space, so that no ledger note, whose first line is an origin, reads as one.
    private const string FirstLine = "trailgate key change";

    /// <summary>The statement, signed.</summary>
    public static ReadOnlyMemory<byte> Write(SigningKey old, SigningKey next) =>
        SignedNote.Write($"{FirstLine}\nold {old.Verifier}\nnew {next.Verifier}\n", [old, next]);

    /// <summary>Whether a text is meant to be one, right or wrong.</summary>
    internal static bool IsMeant(string text) => text.StartsWith(FirstLine + "\n", StringComparison.Ordinal);

    /// <summary>Reads what a note states; whether it is true is for <see cref="IsProven"/>.</summary>
    public static bool TryRead(SignedNote note, [NotNullWhen(true)] out KeyChange? change)
    {
        change = note.Text.Split('\n') is [FirstLine, ['o', 'l', 'd', ' ', .. var old], ['n', 'e', 'w', ' ', .. var next], ""]
            && VerifierKey.TryParse(old, out var oldKey, out _)
            && VerifierKey.TryParse(next, out var newKey, out _)
            ? new KeyChange(oldKey, newKey)
            : null;
        return change is not null;
    }

    /// <summary>Whether both keys signed the statement.</summary>
    public bool IsProven(SignedNote note) =>
        note.Check(TrustedKeys.Of([Old])) == NoteVerdict.Valid && note.Check(TrustedKeys.Of([New])) == NoteVerdict.Valid;
}
