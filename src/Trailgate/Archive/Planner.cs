using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>Decides what the next archive run takes.</summary>
internal sealed class Planner(Store store, ArchiveReader reader, TimeProvider time, ArchiveOptions options, ArchiveHooks hooks)
{
    /// <summary>Most segments that one plan may write: each is a blob, and regions and hours are what outsiders can spread.</summary>
    public const int MaxRegionHours = 1000;

    /// <summary>Clocks of several machines differ by this much and nobody has to hear of it.</summary>
    private static readonly TimeSpan UsualSkew = TimeSpan.FromMinutes(1);

    /// <summary>Makes a run id by the clock. Tests put in their own.</summary>
    public Func<DateTimeOffset, Guid> NewRunId { get; init; } = Guid.CreateVersion7;

    /// <summary>
    /// The next plan, not stored yet; null when there is nothing to do. Batches come in the order of names, up to the
    /// limits, at least one. To be called only after the plan before is done and was read.
    /// </summary>
    /// <param name="before">The plan that stands, which is done; null for none.</param>
    /// <param name="until">The path of the last batch that has to be archived; a plan that begins behind it is not made. Null for none.</param>
    /// <param name="memory">Where the batches are kept.</param>
    /// <param name="damaged">Batches that are known to be damaged; new finds are added and reported.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ArchiveDamagedException">The ledger can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<PlanDraft?> PlanAsync(
        Plan? before, string? until, PlanMemory memory, ISet<string> damaged, CancellationToken cancellationToken)
    {
        var content = new PlanContent();
        var batches = until is null ? [] : await ChooseAsync(until, content, memory, damaged, cancellationToken);
        var last = await reader.ReadLastNoteAsync(cancellationToken);
        var now = Now();
        // A store that never received anything has nothing to prove: the ledger begins with the first batch.
        if (batches.Count == 0 && !(last is { } found && now - LastHeard(found.Note, before, now) >= options.NoteInterval))
        {
            return null;
        }

        content.Complete();
        var plan = new Plan
        {
            RunId = NewRunId(now),
            Time = await NotBeforeAsync(last?.Note, now, cancellationToken),
            Origin = options.OriginOf(store),
            Batches = batches,
            Heads = last?.Note.Heads ?? [],
            Note = last is { } note ? new NoteHead(note.Note.Sequence, note.Sha256) : null,
        };
        return new PlanDraft(plan, content);
    }

    private async Task<List<BatchReference>> ChooseAsync(
        string until, PlanContent content, PlanMemory memory, ISet<string> damaged, CancellationToken cancellationToken)
    {
        var chosen = new List<BatchReference>();
        var bytes = 0L;
        var hours = new HashSet<(Region, DateTime)>();
        await foreach (var entry in store.Blobs.ListAsync(Containers.Inbox, BatchName.Prefix, after: null, cancellationToken))
        {
            var path = entry.Name.Path;
            if (chosen.Count == options.PlanBatches
                || (chosen.Count == 0 && string.CompareOrdinal(path, until) > 0)
                || (chosen.Count > 0 && bytes + entry.Length > options.PlanBytes))
            {
                break;
            }

            if (damaged.Contains(path) || await memory.ReadAsync(store.Blobs, entry.Name, cancellationToken) is not { } blob)
            {
                continue;
            }

            if (BatchItems.Read(blob, out var damage) is not { } items)
            {
                damaged.Add(path);
                await hooks.RaiseAsync(PipelineAlerts.DamagedBatch(path), PipelineAlerts.DamagedBatchMessage(path, damage ?? ""), cancellationToken);
                continue;
            }

            var newHours = HoursOf(items);
            newHours.ExceptWith(hours);
            if (chosen.Count > 0 && hours.Count + newHours.Count > MaxRegionHours)
            {
                break;
            }

            bytes += blob.Length;
            hours.UnionWith(newHours);
            var reference = new BatchReference(path, items.Batch.Sha256);
            chosen.Add(reference);
            content.Add(reference, items);
        }

        return chosen;
    }

    /// <summary>
    /// The times of the ledger never run backwards, whatever the clock does: after one that was ahead, notes keep its time
    /// until the right one has passed it.
    /// </summary>
    private async Task<DateTimeOffset> NotBeforeAsync(LedgerNote? last, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (last is null || last.Time <= now)
        {
            return now;
        }

        if (last.Time - now > UsualSkew)
        {
            await hooks.RaiseAsync(PipelineAlerts.ClockBehind(last.Time), PipelineAlerts.ClockBehindMessage(last, now), cancellationToken);
        }

        return last.Time;
    }

    /// <summary>
    /// When the ledger was heard of last, by a clock of now: where the last note's time is still to come, the id of its
    /// run tells, and where that is to come as well, nobody knows, so that it was long ago.
    /// </summary>
    private static DateTimeOffset LastHeard(LedgerNote last, Plan? before, DateTimeOffset now)
    {
        if (last.Time <= now)
        {
            return last.Time;
        }

        return before is not null && UuidTime.Read(before.RunId) is { } made && made <= now ? made : DateTimeOffset.MinValue;
    }

    private static HashSet<(Region, DateTime)> HoursOf(BatchItems items)
    {
        var hours = new HashSet<(Region, DateTime)>();
        foreach (var item in items.Events)
        {
            hours.Add((item.Region, item.Time.Hour));
        }

        return hours;
    }

    private DateTimeOffset Now()
    {
        var now = time.GetUtcNow();
        return new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
    }
}
