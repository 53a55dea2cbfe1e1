using System.Globalization;
using Trailgate.Archive;
using Trailgate.Events;

namespace Trailgate.Query.Index;

/// <summary>A gzip member of a segment, as the index knows it.</summary>
internal readonly record struct IndexedMember
{
    /// <summary>The sequence of the manifest that lists the segment.</summary>
    public required long Sequence { get; init; }

    /// <summary>The segment's hour.</summary>
    public required DateTime Hour { get; init; }

    /// <summary>The 12 hexadecimal digits of the segment's name.</summary>
    public required ulong Digits { get; init; }

    /// <summary>Where it begins in the segment.</summary>
    public required long Offset { get; init; }

    /// <summary>How many stored bytes it has.</summary>
    public required long Length { get; init; }

    /// <summary>How many events it holds; 0 when it could not be read, and stands for the whole segment.</summary>
    public required int Lines { get; init; }

    /// <summary>True when the rows of the index do not tell exactly what it holds: it may hold whatever is asked for.</summary>
    public required bool IsOdd { get; init; }

    /// <summary>When its first event happened.</summary>
    public required EventTime MinTime { get; init; }

    /// <summary>When its last event happened.</summary>
    public required EventTime MaxTime { get; init; }

    /// <summary>Whether another member belongs to the same segment.</summary>
    public bool IsOfSegmentOf(IndexedMember other) => Sequence == other.Sequence && Hour == other.Hour && Digits == other.Digits;

    /// <summary>The path of the segment in the archive.</summary>
    public string SegmentName(Region region) => ArchiveNames.Segment(region, Hour, Sequence, Digits.ToString("x12", CultureInfo.InvariantCulture));
}
