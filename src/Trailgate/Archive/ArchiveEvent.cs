using Trailgate.Events;

namespace Trailgate.Archive;

/// <summary>An event of a batch: what a run sorts and compares it by, and its line, a slice of the batch's bytes.</summary>
internal readonly struct ArchiveEvent(EventLine header, ReadOnlyMemory<byte> line)
{
    public EventId Id { get; } = header.Id;
    public EventTime Time { get; } = header.Time;
    public ReadOnlyMemory<byte> Line { get; } = line;
    public Region Region { get; } = header.Region;
    public bool TimeAssumed { get; } = header.TimeAssumed;

    /// <summary>The order of the events in a segment.</summary>
    public static int CompareByTimeAndId(ArchiveEvent left, ArchiveEvent right)
    {
        var byTime = left.Time.CompareTo(right.Time);
        return byTime != 0 ? byTime : left.Id.CompareTo(right.Id);
    }
}
