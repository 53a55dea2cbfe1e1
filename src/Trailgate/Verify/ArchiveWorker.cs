namespace Trailgate.Verify;

/// <summary>What one thread of a check needs of its own.</summary>
internal sealed class ArchiveWorker(VerifyScope scope, OverflowIds overflows, MissingOverflows missing) : IDisposable
{
    public OverflowCheck Overflow { get; } = new(scope.Blobs, scope.Findings, overflows);
    public SegmentCheck Segment { get; } = new(scope, overflows, missing);

    public void Dispose() => Segment.Dispose();
}
