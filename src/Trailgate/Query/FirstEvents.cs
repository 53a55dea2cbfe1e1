using Trailgate.Events;

namespace Trailgate.Query;

/// <summary>
/// Keeps those of all offered events that come first in an order and behind a cursor, one copy of each. It holds one more
/// than was asked for, so that the answer can say whether there are more.
/// </summary>
/// <remarks>
/// Copies of an event have the same time unless the source gave none and the time of receipt was assumed: then they can
/// differ, the copy offered last decides, and the last place of a full page may go to the wrong event until the archive
/// run has removed the copies.
/// </remarks>
internal sealed class FirstEvents(int limit, EventOrder order, EventPosition? after)
{
    private readonly SortedSet<EventPosition> _positions = new(
        order == EventOrder.Oldest ? Comparer<EventPosition>.Default : Comparer<EventPosition>.Create(static (left, right) => right.CompareTo(left)));

    private readonly Dictionary<EventId, (EventPosition Position, byte[] Line, int Source)> _byId = [];

    /// <summary>Whether there are more than was asked for.</summary>
    public bool More => _positions.Count > limit;

    /// <summary>The positions and lines, in their order.</summary>
    public IReadOnlyList<(EventPosition Position, ReadOnlyMemory<byte> Line)> Events =>
        [.. _positions.Take(limit).Select(position => (position, (ReadOnlyMemory<byte>)_byId[position.Id].Line))];

    /// <summary>Whether an event between two times, both included, could still enter.</summary>
    public bool CanTake(EventTime oldest, EventTime newest) => order == EventOrder.Oldest
        ? !(newest < after?.Time) && !(More && oldest > _positions.Max.Time)
        : !(oldest > after?.Time) && !(More && newest < _positions.Max.Time);

    /// <summary>
    /// Offers an event. Of several copies the one of the source offered last stays (the archive is read after the inbox),
    /// and within a source the first: so the archive run decides too.
    /// </summary>
    public void Offer(EventId id, EventTime time, ReadOnlySpan<byte> line, int source)
    {
        var position = new EventPosition(time, id);
        if (after is { } start && _positions.Comparer.Compare(position, start) <= 0)
        {
            return;
        }

        if (_byId.TryGetValue(id, out var held))
        {
            if (held.Source == source)
            {
                return;
            }

            _positions.Remove(held.Position);
        }
        else if (More && _positions.Comparer.Compare(position, _positions.Max) > 0)
        {
            return;
        }

        _positions.Add(position);
        _byId[id] = (position, line.ToArray(), source);
        if (_positions.Count > limit + 1)
        {
            var last = _positions.Max;
            _positions.Remove(last);
            _byId.Remove(last.Id);
        }
    }
}
