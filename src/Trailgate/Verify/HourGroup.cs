using Trailgate.Events;

namespace Trailgate.Verify;

/// <summary>
/// The segments of one region and hour. No event may stand in two of them, which takes holding the ids of all: in bounded
/// memory, so an hour of very many events is gone through several times, each time for a part of the ids.
/// </summary>
internal sealed class HourGroup
{
    /// <summary>Ids that are held at once, about 40 bytes each.</summary>
    public const int MaxHeld = 4_000_000;

    private readonly Lock _gate = new();
    private readonly List<SegmentFacts> _segments;
    private readonly HashSet<EventId> _seen = [];
    private readonly HashSet<EventId> _repeated = [];
    private readonly int _parts;
    private int _open;
    private int _part;

    public HourGroup(List<SegmentFacts> segments, int maxHeld = MaxHeld)
    {
        _segments = segments;
        _open = segments.Count;
        _parts = (int)Math.Min(segments.Sum(static segment => segment.Lines) / maxHeld + 1, 1 << 20);
    }

    /// <summary>The segments in the order of their manifests.</summary>
    public IReadOnlyList<SegmentFacts> Segments => _segments;

    /// <summary>Into how many parts the ids are split.</summary>
    public int Parts => _segments.Count > 1 ? _parts : 1;

    /// <summary>Events that were met in two segments; some of them when there are very many.</summary>
    public IReadOnlySet<EventId> Repeated => _repeated;

    /// <summary>Adds the ids of a segment that is whole; none for one that is not. True for the last segment of the hour.</summary>
    public bool Close(IReadOnlyList<EventId> ids)
    {
        Add(ids);
        lock (_gate)
        {
            return --_open == 0;
        }
    }

    /// <summary>Goes on to another part of the ids.</summary>
    public void Begin(int part)
    {
        _seen.Clear();
        _part = part;
    }

    /// <summary>Adds the ids of a segment that belong to the part.</summary>
    public void Add(IReadOnlyList<EventId> ids)
    {
        if (_segments.Count == 1)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var id in ids)
            {
                // The upper bits: a hash set uses the lower ones.
                if ((_parts == 1 || (int)((ulong)(id.Value >> 64) % (ulong)_parts) == _part)
                    && !_seen.Add(id)
                    && _repeated.Count < Findings.MaxKept)
                {
                    _repeated.Add(id);
                }
            }
        }
    }
}
