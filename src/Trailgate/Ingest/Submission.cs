using Trailgate.Events;
using Trailgate.Normalize;

namespace Trailgate.Ingest;

/// <summary>
/// What one request brings to the inbox: its lines, what became of each raw event, and what must happen around them.
/// </summary>
internal sealed class Submission(int expectedBytes) : IDisposable
{
    private readonly List<(Region Region, BatchCounts Counts)> _counts = new(1);

    public LineBuffer Lines { get; } = new(expectedBytes);

    /// <summary>One for each raw event, in the order of the body.</summary>
    public List<ItemResult> Results { get; } = new(1);

    /// <summary>Lines of events that a rule matches.</summary>
    public List<ReadOnlyMemory<byte>> Matching { get; } = [];

    /// <summary>Full events of those that were limited.</summary>
    public List<(string Path, byte[] Content)> Overflows { get; } = [];

    public IReadOnlyList<(Region Region, BatchCounts Counts)> Counts => _counts;

    public int Quarantined { get; private set; }

    public void Accept(in NormalizeResult result, bool matches)
    {
        var line = Lines.Append(result.Line);
        Count(result.Event.Region, quarantined: 0);
        Results.Add(new ItemResult(result.Event.Id, result.Event.Region, null));
        if (matches)
        {
            Matching.Add(line);
        }

        if (result.OverflowPath is { } path)
        {
            Overflows.Add((path, result.Overflow.ToArray()));
        }
    }

    public void Quarantine(in NormalizeResult result)
    {
        Lines.Append(result.Line);
        Count(Region.Unknown, quarantined: 1);
        Quarantined++;
        Results.Add(new ItemResult(default, Region.Unknown, result.Reason));
    }

    public void Dispose() => Lines.Dispose();

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

/// <summary>What became of a raw event: quarantined when there is a reason.</summary>
internal readonly record struct ItemResult(EventId Id, Region Region, string? Reason)
{
    public bool IsEvent => Reason is null;
}
