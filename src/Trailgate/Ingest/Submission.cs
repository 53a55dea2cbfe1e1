using Trailgate.Events;
using Trailgate.Normalize;
using Trailgate.Storage;

namespace Trailgate.Ingest;

/// <summary>
/// What one request brings to the inbox of one store: the lines, and what must happen around them.
/// </summary>
internal sealed class Submission(Store store, int expectedBytes) : IDisposable
{
    private readonly List<(Region Region, BatchCounts Counts)> _counts = new(1);
    private readonly List<(UnnamedEvent Event, ArraySegment<byte> Content)> _unnamed = new(1);

    /// <summary>The store that keeps it.</summary>
    public Store Store => store;

    public LineBuffer Lines { get; } = new(expectedBytes);

    /// <summary>Lines of events that a rule matches.</summary>
    public List<ReadOnlyMemory<byte>> Matching { get; } = [];

    /// <summary>Events whose ids are made by the commit, with what they are made of.</summary>
    public IReadOnlyList<(UnnamedEvent Event, ArraySegment<byte> Content)> Unnamed => _unnamed;

    /// <summary>Full events of those that were limited.</summary>
    public List<(string Path, byte[] Content)> Overflows { get; } = [];

    public IReadOnlyList<(Region Region, BatchCounts Counts)> Counts => _counts;

    public int Quarantined { get; private set; }

    /// <summary>Whether <see cref="Batch"/> is to be set: its hash costs as much as another reading of the batch.</summary>
    public bool WantsReceipt { get; set; }

    /// <summary>The batch that holds the lines, with the SHA-256 of its bytes; set when it is durable, where a receipt is wanted.</summary>
    public (BlobName Name, string Sha256)? Batch { get; set; }

    /// <summary>Takes an event; the memory is its line.</summary>
    public Memory<byte> Accept(in NormalizeResult result)
    {
        Count(result.Event.Region, quarantined: 0);
        if (result.OverflowPath is { } path)
        {
            Overflows.Add((path, result.Overflow.ToArray()));
        }

        return Lines.Append(result.Line);
    }

    public void Quarantine(in NormalizeResult result)
    {
        Lines.Append(result.Line);
        Count(Region.Unknown, quarantined: 1);
        Quarantined++;
    }

    /// <summary>Leaves an event to the commit; what its id is made of is copied.</summary>
    public void Leave(in UnnamedEvent unnamed, ReadOnlySpan<byte> content)
    {
        var copy = RequestArrays.Rent(content.Length);
        content.CopyTo(copy);
        _unnamed.Add((unnamed, new ArraySegment<byte>(copy, 0, content.Length)));
    }

    /// <summary>The events that were left are somebody else's now, and what their ids are made of was copied.</summary>
    public void ForgetUnnamed()
    {
        foreach (var (_, content) in _unnamed)
        {
            RequestArrays.Return(content.Array!); // not null: it was rented
        }

        _unnamed.Clear();
    }

    public void Dispose()
    {
        Lines.Dispose();
        ForgetUnnamed();
    }

    private void Count(Region region, int quarantined)
    {
        for (var i = 0; i < _counts.Count; i++)
        {
            if (_counts[i].Region == region)
            {
                var counts = _counts[i].Counts;
                _counts[i] = (region, new BatchCounts(counts.Received + 1, counts.Quarantined + quarantined));
                return;
            }
        }

        _counts.Add((region, new BatchCounts(1, quarantined)));
    }
}
