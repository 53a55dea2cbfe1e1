using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>What the batches of a plan hold, by region; copies within the plan are left out already.</summary>
internal sealed class PlanContent
{
    /// <summary>The batches in the order of their names.</summary>
    public List<PlannedBatch> Batches { get; } = [];

    /// <summary>The lines for the quarantine in the order of the batches.</summary>
    public List<ReadOnlyMemory<byte>> Quarantined { get; } = [];

    /// <summary>What each region got.</summary>
    public SortedDictionary<Region, RegionContent> Regions { get; } = [];

    /// <summary>Adds a batch. To be called in the order of names: the first copy of an event is the one that counts.</summary>
    public void Add(BatchReference reference, BatchItems items)
    {
        Batches.Add(new PlannedBatch(new BlobName(Containers.Inbox, reference.Name), items.Batch));
        Quarantined.AddRange(items.Quarantined);
        foreach (var (region, said) in items.Batch.Trailer.Regions)
        {
            if (said.Received > 0)
            {
                // Received is what the trailer says; archived, duplicate and quarantined are counted from the lines.
                var counted = items.Counts[region];
                var content = Of(region);
                content.Batches.Add(reference);
                content.Received += said.Received;
                content.Quarantined += counted.Quarantined;
            }
        }

        foreach (var item in items.Events)
        {
            Of(item.Region).Add(item);
        }
    }

    /// <summary>To be called after the last batch: sorts the events, and lets go of what only adding needed.</summary>
    public void Complete()
    {
        foreach (var region in Regions.Values)
        {
            region.Complete();
        }
    }

    private RegionContent Of(Region region)
    {
        if (!Regions.TryGetValue(region, out var content))
        {
            Regions.Add(region, content = new RegionContent());
        }

        return content;
    }
}

/// <summary>A batch of a plan, read and checked.</summary>
internal readonly record struct PlannedBatch(BlobName Name, Batch Content);

/// <summary>What a plan brings to one region.</summary>
internal sealed class RegionContent
{
    private HashSet<EventId> _seen = [];

    public List<BatchReference> Batches { get; } = [];
    public List<ArchiveEvent> Events { get; } = [];
    public long Received { get; set; }
    public long Quarantined { get; set; }
    public long Duplicates { get; private set; }

    public ArchiveCounts Counts => new(Received, Events.Count, Duplicates, Quarantined);

    public void Add(ArchiveEvent item)
    {
        if (_seen.Add(item.Id))
        {
            Events.Add(item);
        }
        else
        {
            Duplicates++;
        }
    }

    public void Complete()
    {
        _seen = [];
        Events.Sort(ArchiveEvent.CompareByTimeAndId);
    }

    /// <summary>Takes out the events that stand in the archive already.</summary>
    public void RemoveArchived(HashSet<EventId> archived) =>
        Duplicates += Events.RemoveAll(item => archived.Contains(item.Id));

    /// <summary>The runs of events that lie in the same hour, as start and length, in the order of time.</summary>
    public IEnumerable<(DateTime Hour, int Start, int Length)> Hours()
    {
        var start = 0;
        while (start < Events.Count)
        {
            var hour = Events[start].Time.Hour;
            var end = start + 1;
            while (end < Events.Count && Events[end].Time.Hour == hour)
            {
                end++;
            }

            yield return (hour, start, end - start);
            start = end;
        }
    }
}
