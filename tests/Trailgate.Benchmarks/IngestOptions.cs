using Trailgate.Benchmarks.Load;

namespace Trailgate.Benchmarks;

/// <summary>What to compare, and how long.</summary>
internal sealed record IngestOptions
{
    /// <summary>"bare", "trailgate" or "put-blob" alone; null for all, side by side.</summary>
    public string? Target { get; init; }

    public required LoadShape Shape { get; init; }

    public required TimeSpan Round { get; init; }

    public required TimeSpan WarmUp { get; init; }

    public required int Rounds { get; init; }

    /// <summary>The product's assembly.</summary>
    public required string Trailgate { get; init; }

    /// <summary>Where the product's data directory is made; null for the system's place for temporary files.</summary>
    public string? DataParent { get; init; }

    /// <summary>Keeps everything in an Azurite that is started for it, and measures a plain Put Blob beside the product.</summary>
    public bool Azurite { get; init; }

    /// <summary>The product's <c>Trailgate:Ingest:Commits</c>; null leaves the default.</summary>
    public int? Commits { get; init; }

    /// <summary>Measures the product with a receipt in every answer as well.</summary>
    public bool Receipts { get; init; }
}
