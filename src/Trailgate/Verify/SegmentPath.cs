using System.Buffers;
using System.Globalization;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>What the path of a segment says.</summary>
internal readonly record struct SegmentPath(Region Region, DateTime Hour, long Sequence)
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Reads a path; null when no segment can be named so.</summary>
    public static SegmentPath? Read(string path)
    {
        // region=R/date=yyyy-MM-dd/hour=HH/NNNNNNNNNN-xxxxxxxxxxxx.ndjson.gz
        var parts = path.Split('/');
        if (parts.Length != 4
            || !parts[0].StartsWith("region=", StringComparison.Ordinal)
            || !Region.TryParse(parts[0].AsSpan("region=".Length), out var region)
            || !DateTime.TryParseExact(
                $"{parts[1]} {parts[2]}", "'date='yyyy-MM-dd 'hour='HH", CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var hour)
            || ArchiveNames.SequenceOfSegment(path) is not ({ } sequence and > 0)
            || !BlobName.IsValidPath(path))
        {
            return null;
        }

        var digits = parts[3].AsSpan(parts[3].Length - ArchiveNames.SegmentSuffix.Length - ArchiveNames.DigestLength, ArchiveNames.DigestLength);
        return digits.ContainsAnyExcept(Digits) ? null : new SegmentPath(region, hour, sequence);
    }
}
