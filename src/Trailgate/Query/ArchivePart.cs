using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query.Index;

namespace Trailgate.Query;

/// <summary>A part of an archive that can hold what a query asks for.</summary>
/// <param name="MinTime">No event of it is older.</param>
/// <param name="MaxTime">No event of it is newer.</param>
internal abstract record ArchivePart(EventTime MinTime, EventTime MaxTime)
{
    /// <summary>Whether its events were counted already, so that it is read for the page alone.</summary>
    public bool IsCounted { get; init; }

    /// <summary>A whole segment: one that no index knows.</summary>
    public sealed record Whole(Segment Segment) : ArchivePart(Segment.MinTime, Segment.MaxTime);

    /// <summary>A member of a segment.</summary>
    /// <param name="File">The file of the index that knows it.</param>
    /// <param name="Number">Which one it is there, from 0.</param>
    /// <param name="Facts">What the index says of it.</param>
    public sealed record Member(DayFile File, int Number, IndexedMember Facts) : ArchivePart(Facts.MinTime, Facts.MaxTime);
}
