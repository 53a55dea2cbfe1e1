using Trailgate.Archive;
using Trailgate.Signing;

namespace Trailgate.Verify;

/// <summary>What is remembered of each note while the ledger is checked: of years there are many.</summary>
internal struct NoteFacts
{
    public Digest Sha256;
    public Digest? Previous;
    public DateTimeOffset Time;
    public NoteTrust Trust;

    /// <summary>Why it can not be a note of its place; null when it can.</summary>
    public string? Problem;

    public bool IsMissing;

    /// <summary>Whether what it says counts: it is there, it is a note, and neither a signature nor the note behind it speaks against it.</summary>
    public bool IsIntact;

    /// <summary>The finding about it, its own or the one that it follows from.</summary>
    public Finding? Finding;

    /// <summary>Reads the bytes of a note.</summary>
    /// <param name="bytes">The stored bytes.</param>
    /// <param name="sequence">The sequence by its place.</param>
    /// <param name="signed">The note with its signatures, where it is one.</param>
    /// <param name="problem">Why it is no note of that place.</param>
    public static LedgerNote? Read(ReadOnlyMemory<byte> bytes, long sequence, out SignedNote? signed, out string? problem)
    {
        // Written in another way the same would be other bytes under the same meaning.
        var note = SignedNote.TryRead(bytes.Span, out signed, out problem) ? LedgerNote.ReadText(signed.Text) : null;
        problem = signed is null ? $"it {problem}"
            : note is null ? "this is no note of a ledger"
            : note.ToText() != signed.Text ? "this is not written as notes are"
            : note.Sequence != sequence ? $"this is note {note.Sequence} in another's place"
            : note.Previous is { } previous && !Digest.TryParse(previous, out _) ? "what it says of the note before is no hash"
            : (note.Previous is null) != (sequence == 1) ? "only the first note has none before it"
            : note.Heads.Any(head => !Digest.TryParse(head.Sha256, out _)) ? "what it says of a manifest is no hash"
            : note.Heads.Zip(note.Heads.Skip(1)).Any(pair => pair.First.Region >= pair.Second.Region) ? "its regions are not in order"
            : null;
        return problem is null ? note : null;
    }
}

/// <summary>What the signatures of a note are worth to whoever checks.</summary>
internal enum NoteTrust
{
    /// <summary>No key was given.</summary>
    NotChecked,

    /// <summary>A given key signed it.</summary>
    Valid,

    /// <summary>No given key signed it.</summary>
    Unknown,

    /// <summary>It claims a given key, which did not sign it.</summary>
    Wrong,
}
