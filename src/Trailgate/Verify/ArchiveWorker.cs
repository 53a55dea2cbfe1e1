namespace Trailgate.Verify;

/// <summary>What each worker of a check needs of its own.</summary>
internal sealed class ArchiveWorker(VerifyScope scope, OverflowIds overflows, MissingOverflows missing, HashPool hashes) : IDisposable
{
    public OverflowCheck Overflow { get; } = new(scope.Blobs, scope.Findings, overflows);
    public SegmentCheck Segment { get; } = new(scope, overflows, missing, hashes);

    public void Dispose() => Segment.Dispose();
}
