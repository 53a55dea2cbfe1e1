using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Counts what one store received against what became of it. The ledger note is the commit point of a plan: once it stands,
/// the plan's batches count as archived although they are deleted a little later; before, they are in flight although
/// segments and manifests may be there already. Nothing is counted twice, at no step of a run.
/// </summary>
internal sealed class StoreStats(StoreReader reader, TimeProvider time)
{
    private const int MaxTries = 5;

    /// <summary>Reads all counters. A retry is safe.</summary>
    /// <exception cref="ArchiveDamagedException">The plan, the newest note or a manifest that it names can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<StoreReport> ReadAsync(CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var before = await MomentAsync(cancellationToken);
            var waiting = await WaitingAsync(before, cancellationToken);
            var regions = await CountAsync(before.Note, waiting, cancellationToken);
            var after = await MomentAsync(cancellationToken);
            var settled = before.IsSame(after) && waiting.All(batch => batch.Facts is not null);
            if (settled || tries == MaxTries)
            {
                return Report(before.Note, waiting, regions, settled);
            }
        }
    }

    private async Task<Moment> MomentAsync(CancellationToken cancellationToken)
    {
        var plan = await reader.Plans.ReadAsync(cancellationToken);
        return new Moment(plan, await reader.Catalog.LastNoteAsync(cancellationToken));
    }

    private async Task<List<WaitingBatch>> WaitingAsync(Moment moment, CancellationToken cancellationToken)
    {
        var committed = moment.CommittedBatches();
        var waiting = new List<WaitingBatch>();
        foreach (var name in await reader.Inbox.ListAsync(cancellationToken))
        {
            if (!committed.Contains(name.Path))
            {
                waiting.Add(new WaitingBatch(name, await reader.Inbox.CountAsync(name, cancellationToken)));
            }
        }

        return waiting;
    }

    private async Task<SortedDictionary<Region, RegionStats>> CountAsync(
        LedgerNote? note, List<WaitingBatch> waiting, CancellationToken cancellationToken)
    {
        var regions = new SortedDictionary<Region, RegionStats>();
        foreach (var head in note?.Heads ?? [])
        {
            var totals = await reader.Catalog.TotalsAsync(head, cancellationToken);
            regions[head.Region] = new RegionStats(totals.Received, totals.Archived, totals.Duplicate, totals.Quarantined, InFlight: 0);
        }

        foreach (var facts in waiting.SelectMany(batch => batch.Facts?.Regions ?? []))
        {
            regions[facts.Region] = regions.GetValueOrDefault(facts.Region).Plus(new RegionStats(facts.Received, 0, 0, 0, facts.Lines));
        }

        return regions;
    }

    private StoreReport Report(LedgerNote? note, List<WaitingBatch> waiting, SortedDictionary<Region, RegionStats> regions, bool settled) => new()
    {
        Name = reader.Store.Name,
        Regions = regions,
        Settled = settled,
        WaitingBatches = waiting.Count,
        DamagedBatches = waiting.Count(batch => batch.Facts is { Damaged: true }),
        OldestWaiting = waiting.Min(batch => MadeAt(batch.Name)) is { } made ? Age(made) : null,
        LastNote = note is null ? null : (note.Sequence, note.Time),
    };

    // Another host's clock may be ahead of ours; an age is never negative.
    private TimeSpan Age(DateTimeOffset made) => time.GetUtcNow() - made is { Ticks: > 0 } age ? age : TimeSpan.Zero;

    private static DateTimeOffset? MadeAt(BlobName batch) =>
        Guid.TryParse(Path.GetFileNameWithoutExtension(batch.Path.AsSpan()), out var id) ? UuidTime.Read(id) : null;

    private sealed record WaitingBatch(BlobName Name, BatchFacts? Facts);

    // What decides which batches are committed; two equal moments bound a time in which none became so.
    private sealed record Moment(StoredPlan? Plan, LedgerNote? Note)
    {
        public bool IsSame(Moment other) => Plan?.Version == other.Plan?.Version && Note?.Sequence == other.Note?.Sequence;

        public HashSet<string> CommittedBatches() =>
            Plan is { Plan: var plan } && Note?.Sequence >= plan.NoteSequence
                ? plan.Batches.Select(batch => batch.Name).ToHashSet(StringComparer.Ordinal)
                : [];
    }
}
