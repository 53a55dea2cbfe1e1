using System.Collections.Concurrent;
using System.Diagnostics;
using Trailgate.Archive;
using Trailgate.Signing;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Checks the signatures under ledger notes by the keys that this process signs with. A note never changes, so the last one
/// of each store is checked once; what happens to it later is the verifier's to find.
/// </summary>
public sealed class NoteSeals(Stores stores, SigningKeys signing)
{
    private readonly TrustedKeys _trusted = TrustedKeys.Of(signing.All.Select(static key => key.Verifier));
    private readonly ConcurrentDictionary<string, (long Sequence, NoteSeal Seal)> _last = new(StringComparer.Ordinal);

    /// <summary>What the signatures under a note are worth.</summary>
    /// <param name="store">The store's name.</param>
    /// <param name="sequence">The note, which was listed.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ArchiveDamagedException">The note is gone.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    internal async ValueTask<NoteSeal> CheckAsync(string store, long sequence, CancellationToken cancellationToken)
    {
        if (_last.TryGetValue(store, out var last) && last.Sequence == sequence)
        {
            return last.Seal;
        }

        var name = ArchiveNames.Note(sequence);
        var blobs = (stores.Find(store) ?? throw new UnreachableException("Only declared stores report notes.")).Blobs;
        var content = await blobs.ReadAsync(name, cancellationToken) ?? throw new ArchiveDamagedException(name, "the note was listed and is gone");
        var seal = SignedNote.TryRead(content.Bytes.Span, out var note, out _)
            ? new NoteSeal(note.Check(_trusted), [.. note.Signatures.Select(static line => $"{line.Name}+{VerifierKey.IdText(line.KeyId)}")])
            : new NoteSeal(NoteVerdict.WrongSignature, []);
        _last[store] = (sequence, seal);
        return seal;
    }
}

/// <summary>The signatures under a note.</summary>
/// <param name="Verdict">What they are worth. A blob that does not read as a signed note counts as wrongly signed.</param>
/// <param name="Keys">Who signed, as the lines say: <c>name+keyid</c>.</param>
internal sealed record NoteSeal(NoteVerdict Verdict, IReadOnlyList<string> Keys);
