using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>What a manifest says of a segment, compact: those of one region are held at once.</summary>
internal sealed class SegmentFacts
{
    public required string Path { get; init; }
    public required long Sequence { get; init; }
    public required Region Region { get; init; }
    public required DateTime Hour { get; init; }
    public required Digest Sha256 { get; init; }
    public required Digest MerkleRoot { get; init; }
    public required long Bytes { get; init; }
    public required long Lines { get; init; }
    public required long UncompressedBytes { get; init; }
    public required EventTime MinTime { get; init; }
    public required EventTime MaxTime { get; init; }

    public BlobName Name => new(Containers.Archive, Path);

    /// <summary>The digits of the name that stand for the lines.</summary>
    public ReadOnlySpan<char> NameDigits => Path.AsSpan(Path.Length - ArchiveNames.SegmentSuffix.Length - ArchiveNames.DigestLength, ArchiveNames.DigestLength);

    /// <summary>Reads what a manifest says; null with a reason when no run writes such a thing.</summary>
    public static SegmentFacts? Read(Manifest manifest, Segment segment, out string? problem)
    {
        problem = null;
        if (SegmentPath.Read(segment.Name) is not { } path)
        {
            problem = "its name is none of a segment";
        }
        else if (path.Region != manifest.Region || path.Sequence != manifest.Sequence)
        {
            problem = "it is named for another region or manifest";
        }
        else if (segment.Lines <= 0 || segment.Bytes <= 0 || segment.UncompressedBytes < segment.Lines || segment.UncompressedBytes > SegmentReader.MaxBytes)
        {
            problem = "its counts can not be true";
        }
        else if (segment.MinTime.Hour != path.Hour || segment.MaxTime.Hour != path.Hour || segment.MinTime > segment.MaxTime)
        {
            problem = "its times do not lie in its hour";
        }
        else if (!Digest.TryParse(segment.Sha256, out var sha256) || !Digest.TryParse(segment.MerkleRoot, out var root))
        {
            problem = "its hashes are none";
        }
        else
        {
            return new SegmentFacts
            {
                Path = segment.Name,
                Sequence = path.Sequence,
                Region = path.Region,
                Hour = path.Hour,
                Sha256 = sha256,
                MerkleRoot = root,
                Bytes = segment.Bytes,
                Lines = segment.Lines,
                UncompressedBytes = segment.UncompressedBytes,
                MinTime = segment.MinTime,
                MaxTime = segment.MaxTime,
            };
        }

        return null;
    }
}
