using Trailgate.Events;

namespace Trailgate.Archive;

/// <summary>
/// The commit record of a plan for one region: what it lists is in the archive, and nothing else is. Each names the
/// SHA-256 of the one before, so that the manifests of a region are a chain. Its bytes (see <see cref="ManifestJson"/>)
/// depend on the plan and its batches alone.
/// </summary>
public sealed record Manifest
{
    /// <summary>The region.</summary>
    public required Region Region { get; init; }

    /// <summary>Counts the manifests of the region, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>The plan's run id.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The plan's time, to the millisecond.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>SHA-256 of the bytes of the manifest before, hexadecimal; null in the first.</summary>
    public required string? Previous { get; init; }

    /// <summary>The segments of this plan, ordered by name, which is by hour.</summary>
    public required IReadOnlyList<Segment> Segments { get; init; }

    /// <summary>The batches of this plan that held something of this region, ordered by name.</summary>
    public required IReadOnlyList<BatchReference> Batches { get; init; }

    /// <summary>What this plan brought.</summary>
    public required ArchiveCounts Counts { get; init; }

    /// <summary>The sum of the counts of this manifest and all before.</summary>
    public required ArchiveCounts Totals { get; init; }
}
