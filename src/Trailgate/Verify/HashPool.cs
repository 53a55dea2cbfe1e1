namespace Trailgate.Verify;

/// <summary>
/// Brings together the segments that are read at once, so that their hashes are computed side by side: a piece waits until
/// there is one for each lane, or until no other segment is to be expected that could bring one.
/// </summary>
/// <param name="lanes">16, or 8; 0 where the platform's hash is as fast.</param>
/// <param name="readers">How many segments can be open at once.</param>
internal sealed class HashPool(int lanes, int readers)
{
    // With fewer of them at once the platform is faster, one after the other.
    private const int Fewest = 4;

    private readonly int _most = Math.Min(lanes, readers);
    private readonly Lock _gate = new();
    private List<Waiting> _waiting = [];
    private int _expected;

    /// <summary>
    /// Only sixteen lanes are worth the waiting. Processors with vectors for eight mostly have SHA-256 instructions as
    /// well, and then the platform's hash of one long message is faster.
    /// </summary>
    public HashPool(int readers)
        : this(Sha256Avx512.IsSupported ? Sha256Avx512.Lanes : 0, readers)
    {
    }

    public int Lanes => lanes;

    /// <summary>How many segments a processor core should have open.</summary>
    public static int SegmentsPerCore => Sha256Avx512.IsSupported ? Sha256Avx512.Lanes : 1;

    /// <summary>A segment will be read: the others wait for its pieces until it leaves.</summary>
    public void Expect()
    {
        lock (_gate)
        {
            _expected++;
        }
    }

    /// <summary>An expected segment is open. False when its hashes had better be the platform's; then it has left.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_expected >= Fewest && _most >= Fewest)
            {
                return true;
            }
        }

        Leave();
        return false;
    }

    /// <summary>A segment has no more pieces, or never had any.</summary>
    public void Leave()
    {
        List<Waiting>? ready;
        lock (_gate)
        {
            _expected--;
            ready = TakeReady();
        }

        Append(ready);
    }

    /// <summary>Appends to the two chains of a segment that entered.</summary>
    public Task AppendAsync(
        Sha256Chain storedChain, ArraySegment<byte> stored, Sha256Chain linesChain, ArraySegment<byte> lines, CancellationToken cancellationToken)
    {
        var waiting = new Waiting((storedChain, stored), (linesChain, lines));
        List<Waiting>? ready;
        lock (_gate)
        {
            _waiting.Add(waiting);
            ready = TakeReady();
        }

        Append(ready);
        return waiting.Done.Task.WaitAsync(cancellationToken);
    }

    private List<Waiting>? TakeReady()
    {
        if (_waiting.Count == 0 || _waiting.Count < Math.Min(_most, _expected))
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
