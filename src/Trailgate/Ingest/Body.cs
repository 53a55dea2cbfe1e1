namespace Trailgate.Ingest;

/// <summary>The bytes of a request, in a rented buffer that counts against the budget. One owner, who disposes it.</summary>
internal sealed class Body(InFlightBudget budget) : IDisposable
{
    private byte[] _bytes = [];
    private long _taken;

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public Span<byte> Free => _bytes.AsSpan(Length);

    public Memory<byte> FreeMemory => _bytes.AsMemory(Length);

    /// <summary>Makes room for at least this many bytes in all. False when the budget is used up.</summary>
    public bool TryReserve(int capacity)
    {
        if (capacity <= _bytes.Length)
        {
            return true;
        }

        if (!budget.TryTake(capacity - _taken))
        {
            return false;
        }

        _taken = capacity;
        var larger = RequestArrays.Rent(capacity);
        _bytes.AsSpan(0, Length).CopyTo(larger);
        Release();
        _bytes = larger;
        return true;
    }

    public void Advance(int count) => Length += count;

    public void Dispose()
    {
        Release();
        _bytes = [];
        Length = 0;
        budget.Return(_taken);
        _taken = 0;
    }

    private void Release()
    {
        if (_bytes.Length > 0)
        {
            RequestArrays.Return(_bytes);
        }
    }
}
