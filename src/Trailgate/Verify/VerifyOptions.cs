using Trailgate.Signing;

namespace Trailgate.Verify;

/// <summary>What is known outside of the archive, and how to go about the work.</summary>
public sealed record VerifyOptions
{
    /// <summary>The keys that are trusted, got on another way than the archive; null leaves signatures unchecked.</summary>
    public TrustedKeys? Keys { get; init; }

    /// <summary>A head of the ledger that was kept elsewhere; null for none.</summary>
    public KnownHead? Head { get; init; }

    /// <summary>The longest silence of a ledger that is still being written; null when it may have ended.</summary>
    public TimeSpan? Cadence { get; init; }

    /// <summary>How many segments are open at once, each with some 1.2 MB of buffers. They share the threads of the pool.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount * HashPool.SegmentsPerCore;

    /// <summary>Told now and then, from any thread, how far it is.</summary>
    public Action<VerifyProgress>? Progress { get; init; }
}

/// <summary>How far it is.</summary>
/// <param name="Notes">Notes so far.</param>
/// <param name="Manifests">Manifests so far.</param>
/// <param name="Segments">Segments so far.</param>
/// <param name="Events">Events so far.</param>
/// <param name="ExpectedEvents">How many events there are by the manifests; 0 until they are read.</param>
/// <param name="StoredBytes">Bytes read so far.</param>
public readonly record struct VerifyProgress(long Notes, long Manifests, long Segments, long Events, long ExpectedEvents, long StoredBytes);
