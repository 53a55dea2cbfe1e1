using Trailgate.Events;

namespace Trailgate.Archive;

/// <summary>One archived blob: the events of one region and hour out of one plan, as its manifest describes it.</summary>
public sealed record Segment
{
    /// <summary>The path in the archive.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the stored (compressed) bytes, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Size of the stored bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many events it holds; one a line.</summary>
    public required long Lines { get; init; }

    /// <summary>Size of the lines in bytes, newlines included.</summary>
    public required long UncompressedBytes { get; init; }

    /// <summary>When its first event happened; events stand ordered by time and id.</summary>
    public required EventTime MinTime { get; init; }

    /// <summary>When its last event happened.</summary>
    public required EventTime MaxTime { get; init; }

    /// <summary>Root of the Merkle tree (RFC 6962) over the lines without their newlines, 64 lower-case hexadecimal digits.</summary>
    public required string MerkleRoot { get; init; }
}
