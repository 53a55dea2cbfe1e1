using Trailgate.Archive;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>
/// Checks one store offline: everything that is stored is computed again from the stored bytes, and nothing is believed
/// because it is stored. Only reads.
/// </summary>
/// <param name="store">The store, or a copy of it.</param>
/// <param name="time">For the question whether the last note is late.</param>
/// <param name="options">What is known besides.</param>
public sealed class StoreVerifier(Store store, TimeProvider time, VerifyOptions options)
{
    private readonly Findings _findings = new();
    private readonly VerifyTotals _totals = new(options.Progress);
    private Finding? _cut;

    /// <summary>Checks everything. To be called once.</summary>
    /// <exception cref="StorageException">The store could not do it: nothing can be said.</exception>
    public async Task<VerifyReport> RunAsync(CancellationToken cancellationToken)
    {
        var scope = new VerifyScope(store.Blobs is FileBlobStore own ? new CheckedFiles(own) : store.Blobs, options, _findings, _totals);
        var batches = new BatchUses();
        var quarantined = new QuarantineCounts();
        var inboxCheck = new InboxCheck(scope);
        var above = new AboveHeads(scope);

        // The plan first, then the ledger, then the archive: what runs add meanwhile is newer, never missing.
        var inbox = await inboxCheck.ReadPlanAsync(cancellationToken);
        var ledger = await new LedgerCheck(scope, new ManifestCheck(scope, batches, quarantined)).RunAsync(cancellationToken);
        await CheckEndAsync(scope, ledger, inbox, cancellationToken);
        await new ArchiveWalk(scope, ledger, above).RunAsync(cancellationToken);
        await above.JudgeAsync(ledger, inbox, reason => Cut(ledger, reason), cancellationToken);
        var inFlight = await inboxCheck.RunAsync(batches, cancellationToken);
        await new QuarantineCheck(scope).RunAsync(quarantined, ledger, inbox, cancellationToken);
        if (store.Blobs is FileBlobStore files)
        {
            StrayFiles.Check(files.Root, _findings, cancellationToken);
        }

        if (_totals.IdsNotRecomputed > 0)
        {
            _findings.Remark(RemarkCodes.IdsNotRecomputed, "events whose id can not be computed from what is stored of them", _totals.IdsNotRecomputed);
        }

        return new VerifyReport
        {
            Store = store.Name,
            Findings = _findings.Kept(),
            FindingCount = _findings.Count,
            Remarks = _findings.Remarks(),
            Head = HeadOf(ledger),
            Notes = _totals.Notes,
            Manifests = _totals.Manifests,
            Segments = _totals.Segments,
            Events = _totals.Events,
            Overflows = _totals.Overflows,
            StoredBytes = _totals.StoredBytes,
            LineBytes = _totals.LineBytes,
            Regions =
            [
                .. ledger.Regions.Keys.Union(inFlight.Keys).Order().Select(region => new RegionAccount(
                    region.Name,
                    ledger.Regions.TryGetValue(region, out var chain) ? chain.Totals : default(ArchiveCounts),
                    inFlight.GetValueOrDefault(region))),
            ],
        };
    }

    /// <summary>Whether the ledger goes as far as others know that it went.</summary>
    private async Task CheckEndAsync(VerifyScope scope, LedgerView ledger, InboxView inbox, CancellationToken cancellationToken)
    {
        if (options.Head is { } head)
        {
            if (head.Sequence > ledger.LastSequence)
            {
                Cut(ledger, $"the head that was kept is note {head.Sequence}");
            }
            else if (await scope.ReadAsync(ArchiveNames.Note(head.Sequence), LedgerCheck.MaxNoteBytes, cancellationToken) is { } bytes
                && LedgerNote.Read(bytes.Span) is { } note
                && !head.Matches(note, bytes.Span)
                && !ledger.IsBlamed(head.Sequence))
            {
                _findings.Add(FindingCodes.HeadConflict, ArchiveNames.Note(head.Sequence), head.MatchesWithFewerSignatures(bytes)
                    ? "the note is the head that was kept under signature lines that were added since; what it says is the same"
                    : "the note is not the head that was kept: the ledger was written anew");
            }
        }

        if (inbox.KnownNotes > ledger.LastSequence)
        {
            Cut(ledger, $"the plan of the runs knows of note {inbox.KnownNotes}");
        }
        else if (inbox.Plan?.Note is { } known && ledger.Sha256Of(known.Sequence) is { } stored && stored.ToString() != known.Sha256)
        {
            _findings.Add(FindingCodes.PlanConflict, ArchiveNames.Plan, $"it names another note {known.Sequence} than the ledger has");
        }

        if (options.Cadence is { } cadence && ledger.Last is { } last && time.GetUtcNow() - last.Note.Time > cadence)
        {
            _findings.Add(
                FindingCodes.LedgerLate, ArchiveNames.Note(ledger.LastSequence + 1),
                $"the last note is of {last.Note.Time:u}, and one was to come within {cadence:c}: notes were taken from the end, or no run worked");
        }
    }

    private Finding Cut(LedgerView ledger, string reason) =>
        _cut ??= _findings.Add(FindingCodes.LedgerCut, ArchiveNames.Note(ledger.LastSequence + 1), $"the note is missing, the last one is {ledger.LastSequence}: {reason}");

    private static LedgerHead? HeadOf(LedgerView ledger) => ledger.Last is { } last
        ? new LedgerHead(
            last.Note.Origin, last.Note.Sequence, last.Note.Time, last.Sha256.ToString(),
            ledger.Trust switch
            {
                NoteTrust.NotChecked => HeadSignature.NotChecked,
                NoteTrust.Valid => HeadSignature.Valid,
                _ => HeadSignature.NotValid,
            })
        : null;
}
