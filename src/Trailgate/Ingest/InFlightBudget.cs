namespace Trailgate.Ingest;

/// <summary>
/// How many bytes of bodies are in memory. A request that does not fit is refused at once with 503 instead of making all
/// of them slow, or the process fall over.
/// </summary>
internal sealed class InFlightBudget(long limit)
{
    private long _used;

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _used, -bytes);
}
