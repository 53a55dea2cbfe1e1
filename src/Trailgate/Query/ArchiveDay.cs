using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query.Index;

namespace Trailgate.Query;

/// <summary>What a store's archive has of one day, over all regions.</summary>
internal sealed class ArchiveDay(DateTime date)
{
    /// <summary>The first moment.</summary>
    public EventTime From => EventTime.FirstOf(date);

    /// <summary>The last moment.</summary>
    public EventTime To => EventTime.LastOf(date);

    /// <summary>What the index has of it, by region.</summary>
    public List<RegionDay> Indexed { get; } = [];

    /// <summary>Segments that no index knows.</summary>
    public List<Segment> Segments { get; } = [];
}

/// <summary>The files of the index of one day of a region, and the last manifest that its catalog covers.</summary>
internal sealed record RegionDay(Region Region, DateTime Date, IReadOnlyList<IndexedDay> Files, long Sequence);
