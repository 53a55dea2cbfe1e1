namespace Trailgate.Verify;

/// <summary>
/// Brings together the segments that are read at once, so that their hashes are computed side by side: a piece waits until
/// there is one for each lane, or until every other segment waits as well.
/// </summary>
/// <param name="lanes">16, or 8; 0 where the platform's hash is as fast.</param>
internal sealed class HashPool(int lanes)
{
    // With fewer of them at once the platform is faster, one after the other.
    private const int Fewest = 4;

    private readonly Lock _gate = new();
    private List<Waiting> _waiting = [];
    private int _open;
    private int _pooled;

    /// <summary>
    /// Sixteen lanes of this are faster than SHA-256 instructions, and several times faster than none; eight are about as
    /// fast as the platform is.
    /// </summary>
    public HashPool()
        : this(Sha256Avx512.IsSupported ? Sha256Avx512.Lanes : 0)
    {
    }

    public int Lanes => lanes;

    /// <summary>How many segments a processor core should have open.</summary>
    public static int SegmentsPerCore => Sha256Avx512.IsSupported ? Sha256Avx512.Lanes : 1;

    /// <summary>Another segment is open. False when its hashes had better be the platform's.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            var isPooled = lanes > 0 && ++_open >= Fewest;
            _pooled += isPooled ? 1 : 0;
            return isPooled;
        }
    }

    /// <summary>A segment is no longer open: the others need not wait for it.</summary>
    public void Leave(bool isPooled)
    {
        List<Waiting>? ready;
        lock (_gate)
        {
            _open--;
            _pooled -= isPooled ? 1 : 0;
            ready = TakeReady();
        }

        Append(ready);
    }

    /// <summary>Appends to the two chains of a segment.</summary>
    public ValueTask AppendAsync(Sha256Chain storedChain, ArraySegment<byte> stored, Sha256Chain linesChain, ArraySegment<byte> lines)
    {
        var waiting = new Waiting((storedChain, stored), (linesChain, lines));
        List<Waiting>? ready;
        lock (_gate)
        {
            _waiting.Add(waiting);
            ready = TakeReady();
        }

        Append(ready);
        return new ValueTask(waiting.Done.Task);
    }

    private List<Waiting>? TakeReady()
    {
        if (_waiting.Count == 0 || (_waiting.Count < lanes && _waiting.Count < _pooled))
        {
            return null;
        }

        var ready = _waiting;
        _waiting = [];
        return ready;
    }

    private void Append(List<Waiting>? ready)
    {
        if (ready is null)
        {
            return;
        }

        Sha256Chain.Append(lanes, [.. ready.Select(static waiting => waiting.Lines)]);
        Sha256Chain.Append(lanes, [.. ready.Select(static waiting => waiting.Stored)]);
        foreach (var waiting in ready)
        {
            waiting.Done.SetResult();
        }
    }

    private sealed record Waiting((Sha256Chain Chain, ArraySegment<byte> Data) Stored, (Sha256Chain Chain, ArraySegment<byte> Data) Lines)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
