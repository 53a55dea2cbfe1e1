using System.Runtime.InteropServices;
using Trailgate.Events;

namespace Trailgate.Archive;

/// <summary>
/// The items of a batch, each line read, and counted against the trailer: the trailer says what was received, the lines
/// say what is there, and a batch in which the two disagree is damaged.
/// </summary>
internal sealed class BatchItems
{
    private BatchItems(Batch batch)
    {
        Batch = batch;
        Events = new List<ArchiveEvent>(batch.Trailer.Lines);
    }

    public Batch Batch { get; }
    public List<ArchiveEvent> Events { get; }
    public List<ReadOnlyMemory<byte>> Quarantined { get; } = [];

    /// <summary>Per region what the lines hold.</summary>
    public Dictionary<Region, BatchCounts> Counts { get; } = [];

    /// <summary>Reads a batch; null with a reason when it was cut off or changed, or contradicts itself.</summary>
    public static BatchItems? Read(ReadOnlyMemory<byte> bytes, out string? damage)
    {
        if (Batch.Read(bytes, out damage) is not { } batch)
        {
            return null;
        }

        var items = new BatchItems(batch);
        damage = items.ReadLines() ?? items.CompareWithTrailer();
        return damage is null ? items : null;
    }

    private string? ReadLines()
    {
        var number = 0;
        foreach (var line in Batch.Lines)
        {
            number++;
            if (EventLine.TryRead(line.Span, out var header))
            {
                Events.Add(new ArchiveEvent(header, line));
                Count(header.Region, quarantined: 0);
            }
            else if (QuarantinedItem.TryReadRegion(line.Span, out var region))
            {
                Quarantined.Add(line);
                Count(region, quarantined: 1);
            }
            else
            {
                return $"line {number} is neither an event nor a quarantined item";
            }
        }

        return null;
    }

    private void Count(Region region, int quarantined)
    {
        ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(Counts, region, out _);
        counts = new BatchCounts(counts.Received + 1, counts.Quarantined + quarantined);
    }

    private string? CompareWithTrailer()
    {
        foreach (var region in Batch.Trailer.Regions.Keys.Union(Counts.Keys))
        {
            var said = Batch.Trailer.Regions.GetValueOrDefault(region);
            var counted = Counts.GetValueOrDefault(region);
            if (said != counted)
            {
                return $"for {region} the trailer says {said.Received} received and {said.Quarantined} quarantined, "
                    + $"{counted.Received} and {counted.Quarantined} are there";
            }
        }

        return null;
    }
}
