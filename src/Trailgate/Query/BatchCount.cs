using Trailgate.Events;
using Trailgate.Hashing;

namespace Trailgate.Query;

/// <summary>Counts the lines of one batch while they stream by, and holds them against the trailer.</summary>
internal sealed class BatchCount
{
    private readonly MerkleTree _tree = new();
    private readonly SortedDictionary<Region, int> _lines = [];
    private BatchTrailer? _trailer;
    private EventTime? _oldest;
    private EventTime? _newest;
    private bool _damaged;

    /// <summary>Takes the next line.</summary>
    /// <returns>Whether it is an event.</returns>
    public bool Add(ReadOnlySpan<byte> line)
    {
        if (_trailer is not null)
        {
            _damaged = true; // Nothing follows a trailer.
            return false;
        }

        if (line.StartsWith(BatchTrailer.LineStart))
        {
            _trailer = BatchTrailer.Read(line);
            return false;
        }

        _tree.Append(line);
        if (EventLine.TryRead(line, out var item))
        {
            Count(item.Region);
            _oldest = _oldest is { } oldest && oldest < item.Time ? oldest : item.Time;
            _newest = _newest is { } newest && newest > item.Time ? newest : item.Time;
            return true;
        }

        if (QuarantinedItem.TryReadRegion(line, out var region))
        {
            Count(region);
        }
        else
        {
            _damaged = true;
        }

        return false;
    }

    /// <summary>What the batch holds; call it behind the last line.</summary>
    /// <param name="cutOff">Whether bytes without a newline followed.</param>
    public BatchFacts Finish(bool cutOff)
    {
        var received = _trailer?.Regions ?? new Dictionary<Region, BatchCounts>();
        var whole = !_damaged && !cutOff && _trailer is { } trailer
            && trailer.Lines == _tree.Count
            && trailer.MerkleRoot == _tree.ToRoot();
        var regions = _lines.Keys.Union(received.Keys)
            .Select(region => new RegionFacts(region, received.GetValueOrDefault(region).Received, _lines.GetValueOrDefault(region)));
        return new BatchFacts([.. regions], _oldest, _newest, !whole);
    }

    private void Count(Region region) => _lines[region] = _lines.GetValueOrDefault(region) + 1;
}
