using System.Globalization;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>Where the archive keeps what: every path that an archive run writes is made here.</summary>
public static class ArchiveNames
{
    /// <summary>What a segment's path ends with.</summary>
    public const string SegmentSuffix = ".ndjson.gz";

    /// <summary>Hexadecimal digits of the SHA-256 of its lines in a segment's name.</summary>
    public const int DigestLength = 12;

    private const int SequenceLength = 10;

    /// <summary>The one plan of a store: replaced by compare-and-swap, never deleted.</summary>
    public static BlobName Plan { get; } = new(Containers.Inbox, "plan.json");

    /// <summary>What the paths of a region's manifests begin with. Names behind it sort by sequence.</summary>
    public static string ManifestPrefix(Region region) => $"region={region.Name}/manifests/";

    /// <summary>The manifest of a region, by its sequence from 1.</summary>
    public static BlobName Manifest(Region region, long sequence) =>
        new(Containers.Archive, string.Create(CultureInfo.InvariantCulture, $"{ManifestPrefix(region)}{sequence:D10}.json"));

    /// <summary>A note of the ledger, by its sequence from 1.</summary>
    public static BlobName Note(long sequence) =>
        new(Containers.Ledger, string.Create(CultureInfo.InvariantCulture, $"{sequence:D10}.note"));

    /// <summary>What the paths of the segments of a region and hour begin with. Names behind it sort by sequence.</summary>
    public static string HourPrefix(Region region, DateTime hour) =>
        string.Create(CultureInfo.InvariantCulture, $"region={region.Name}/date={hour:yyyy-MM-dd}/hour={hour:HH}/");

    /// <summary>The path of a segment in the archive.</summary>
    /// <param name="region">Where its events happened.</param>
    /// <param name="hour">The hour (UTC) of its events.</param>
    /// <param name="sequence">The sequence of the manifest that lists it.</param>
    /// <param name="sha256">SHA-256 of its uncompressed lines, hexadecimal; the name holds its beginning.</param>
    public static string Segment(Region region, DateTime hour, long sequence, string sha256) =>
        string.Create(CultureInfo.InvariantCulture, $"{HourPrefix(region, hour)}{sequence:D10}-{sha256.AsSpan(0, DigestLength)}{SegmentSuffix}");

    /// <summary>Reads the sequence out of a segment's path; null when the path is none of a segment.</summary>
    public static long? SequenceOfSegment(string path)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        return name.Length == SequenceLength + 1 + DigestLength + SegmentSuffix.Length
            && name[SequenceLength] == '-'
            && name.EndsWith(SegmentSuffix, StringComparison.Ordinal)
            && long.TryParse(name[..SequenceLength], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : null;
    }

    /// <summary>Reads the sequence out of a note's path; null when the path is none of a note.</summary>
    public static long? SequenceOfNote(string path) =>
        path.Length == SequenceLength + ".note".Length
        && path.EndsWith(".note", StringComparison.Ordinal)
        && long.TryParse(path.AsSpan(0, SequenceLength), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : null;

    /// <summary>The sorted ids of a segment's events, derived from it.</summary>
    public static BlobName Ids(string segment) =>
        new(Containers.Index, string.Concat(segment.AsSpan(0, segment.Length - SegmentSuffix.Length), ".ids"));

    /// <summary>What the batches of a plan held that is no event.</summary>
    public static BlobName Quarantine(DateTimeOffset planTime, Guid runId) =>
        new(Containers.Quarantine, string.Create(CultureInfo.InvariantCulture, $"{planTime.UtcDateTime:yyyy-MM-dd}/{runId}.ndjson"));
}
