using System.Runtime.InteropServices;
using Trailgate.Archive;
using Trailgate.Signing;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>
/// Follows the ledger from its first note to its last, and with each note the manifests that it added.
/// </summary>
internal sealed class LedgerCheck(VerifyScope scope, ManifestCheck manifests)
{
    /// <summary>Far more than a note over all regions that can be named.</summary>
    public const int MaxNoteBytes = 16 * 1024 * 1024;

    private readonly List<NoteFacts> _notes = [];
    private readonly LedgerView _view = new();
    private int _firstUncovered;

    // Signature lines of other keys on the note read last: the next note names the bytes of each note before.
    private int _othersOnLast;

    /// <summary>Checks all notes and manifests.</summary>
    /// <exception cref="StorageException">The store could not do it.</exception>
    public async Task<LedgerView> RunAsync(CancellationToken cancellationToken)
    {
        await ReadNotesAsync(cancellationToken);
        JudgeNotes();
        CheckKeys();
        await FollowAsync(cancellationToken);
        ManifestCheck.FindEmptied(_view);
        return _view;
    }

    private async Task ReadNotesAsync(CancellationToken cancellationToken)
    {
        await foreach (var path in scope.Blobs.ListPathsAsync(Containers.Ledger, "", cancellationToken))
        {
            if (ArchiveNames.SequenceOfNote(path) is not ({ } sequence and > 0) || sequence <= _notes.Count)
            {
                scope.Findings.Add(FindingCodes.ObjectUnlisted, new BlobName(Containers.Ledger, path), "this is no note of the ledger");
                continue;
            }

            // A gap of any length is one finding; the notes behind it are followed as far as they can be.
            if (sequence - _notes.Count > MaxGap)
            {
                scope.Findings.Add(FindingCodes.NoteMissing, ArchiveNames.Note(_notes.Count + 1), $"the notes up to {sequence - 1} are missing");
                break;
            }

            while (_notes.Count + 1 < sequence)
            {
                _notes.Add(new NoteFacts { IsMissing = true });
            }

            _notes.Add(await ReadNoteAsync(sequence, cancellationToken));
        }

        _view.Notes = _notes;
    }

    /// <summary>So that a note with a huge number does not fill the memory.</summary>
    private const int MaxGap = 1_000_000;

    private async Task<NoteFacts> ReadNoteAsync(long sequence, CancellationToken cancellationToken)
    {
        if (await scope.ReadAsync(ArchiveNames.Note(sequence), MaxNoteBytes, cancellationToken) is not { } bytes)
        {
            return new NoteFacts { Problem = "it is larger than any note" };
        }

        scope.Totals.AddNote(bytes.Length);
        var facts = new NoteFacts { Sha256 = Digest.Of(bytes.Span) };
        _othersOnLast = 0;
        if (NoteFacts.Read(bytes, sequence, out var signed, out facts.Problem) is { } note)
        {
            facts.Time = note.Time;
            facts.Previous = note.Previous is { } previous && Digest.TryParse(previous, out var digest) ? digest : null;
            facts.Trust = TrustIn(signed!); // not null: it was read
            _othersOnLast = scope.Options.Keys is { } keys ? signed!.Signatures.Count(line => !keys.Find(line.Name, line.KeyId).Any()) : 0;
        }

        return facts;
    }

    private NoteTrust TrustIn(SignedNote note) => scope.Options.Keys is not { } keys ? NoteTrust.NotChecked : note.Check(keys) switch
    {
        NoteVerdict.Valid => NoteTrust.Valid,
        NoteVerdict.WrongSignature => NoteTrust.Wrong,
        _ => NoteTrust.Unknown,
    };

    /// <summary>From the end: a note that is believed itself bears witness of the one before.</summary>
    private void JudgeNotes()
    {
        var notes = CollectionsMarshal.AsSpan(_notes);
        for (var i = notes.Length - 1; i >= 0; i--)
        {
            ref var note = ref notes[i];
            var contradicted = i + 1 < notes.Length && notes[i + 1] is { IsIntact: true, Previous: { } previous } && previous != note.Sha256;
            note.IsIntact = !note.IsMissing && note.Problem is null && note.Trust != NoteTrust.Wrong && !contradicted;
        }

        for (var i = 0; i < notes.Length; i++)
        {
            if (!notes[i].IsIntact)
            {
                notes[i].Finding = Blame(notes, i);
            }
        }
    }

    private Finding Blame(Span<NoteFacts> notes, int i)
    {
        ref var note = ref notes[i];
        var name = ArchiveNames.Note(i + 1);
        var (code, message) = note switch
        {
            { IsMissing: true } => (FindingCodes.NoteMissing, "the note is missing"),
            { Problem: { } problem } => (FindingCodes.NoteMalformed, problem),
            _ when i + 1 < notes.Length && notes[i + 1] is { IsIntact: true } => (FindingCodes.NoteChanged, "the note is not the one that the next note names"),
            _ => (FindingCodes.NoteSignature, "the note claims a given key, which did not sign it"),
        };

        // What was renumbered, linked anew or taken away in a row is one break.
        if (i > 0 && notes[i - 1].Finding is { } before && (notes[i].Previous == notes[i - 1].Sha256 || before.Code == code || note.IsMissing))
        {
            before.Follow(name.ToString());
            return before;
        }

        return scope.Findings.Add(code, name, message);
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var lastIntact = -1;
        for (var i = 0; i < _notes.Count; i++)
        {
            if (_notes[i] is not { IsIntact: true }
                || await scope.ReadAsync(ArchiveNames.Note(i + 1), MaxNoteBytes, cancellationToken) is not { } bytes
                || NoteFacts.Read(bytes, i + 1, out _, out _) is not { } note)
            {
                continue;
            }

            CheckAgainstBefore(note, lastIntact, i);
            var runs = i - lastIntact;
            await manifests.FollowAsync(_view, note, runs, i >= _firstUncovered ? _view.Uncovered : null, cancellationToken);
            lastIntact = i;
            _view.Last = (note, _notes[i].Sha256);
            _view.Trust = _notes[i].Trust;
        }

        if (lastIntact < _notes.Count - 1)
        {
            _view.BrokenEnd = _notes[^1].Finding;
        }

        scope.Totals.ExpectedEvents = _view.Regions.Values.Aggregate(0L, static (sum, region) => unchecked(sum + (region.Totals?.Archived ?? 0)));
    }

    private void CheckAgainstBefore(LedgerNote note, int before, int i)
    {
        if (before < 0)
        {
            return;
        }

        var earlier = _notes[before].Time;
        if (note.Time < earlier)
        {
            scope.Findings.Add(FindingCodes.NoteTime, ArchiveNames.Note(i + 1), $"its time {note.Time:O} lies before that of the note before, {earlier:O}");
        }
        else if (scope.Options.Cadence is { } cadence && note.Time - earlier > cadence)
        {
            scope.Findings.Remark(RemarkCodes.Silence, $"no note was written between {earlier:u} and {note.Time:u}");
        }

        if (_view.Last is { Note.Origin: var origin } && note.Origin != origin)
        {
            scope.Findings.Remark(RemarkCodes.OriginChanged, $"the origin changes from '{origin}' to '{note.Origin}' in note {i + 1}");
        }
    }

    /// <summary>
    /// A signature covers the hash of the note before, and so everything up to its note. What lies behind the last one that
    /// a given key signed is covered by nothing.
    /// </summary>
    private void CheckKeys()
    {
        if (scope.Options.Keys is null)
        {
            return;
        }

        var lastValid = _notes.FindLastIndex(static note => note.IsIntact && note.Trust == NoteTrust.Valid);
        _firstUncovered = lastValid + 1;
        for (var i = lastValid + 1; i < _notes.Count; i++)
        {
            if (_notes[i] is not { IsIntact: true })
            {
                continue;
            }

            if (_view.Uncovered is null)
            {
                _view.Uncovered = scope.Findings.Add(FindingCodes.NoteKey, ArchiveNames.Note(i + 1), "neither this note nor a later one is signed by a given key");
            }
            else
            {
                _view.Uncovered.Follow(ArchiveNames.Note(i + 1).ToString());
            }
        }

        if (_othersOnLast > 0 && lastValid == _notes.Count - 1)
        {
            scope.Findings.Remark(RemarkCodes.OtherSignature, "signature lines under the last note are of keys that were not given; anybody can add one, and the hash of the head is another with it", _othersOnLast);
        }

        var earlier = _notes.Take(lastValid + 1).LongCount(static note => note.IsIntact && note.Trust == NoteTrust.Unknown);
        if (earlier > 0)
        {
            scope.Findings.Remark(RemarkCodes.EarlierKey, "notes are not signed by a given key themselves; a later note vouches for them", earlier);
        }
    }
}
