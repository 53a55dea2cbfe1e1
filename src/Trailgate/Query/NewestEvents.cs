using Trailgate.Events;

namespace Trailgate.Query;

/// <summary>
/// Keeps the newest events of all that are offered, one copy of each: ordered by time and then id, newest first. It
/// holds one more than was asked for, so that the answer can say whether there are more.
/// </summary>
/// <remarks>
/// Copies of an event have the same time unless the source gave none and the time of receipt was assumed: then they can
/// differ, the copy offered last decides, and the last place of a full page may go to the wrong event until the archive
/// run has removed the copies.
/// </remarks>
internal sealed class NewestEvents(int limit)
{
    private readonly SortedSet<(EventTime Time, EventId Id)> _order = [];
    private readonly Dictionary<EventId, (EventTime Time, byte[] Line, int Source)> _byId = [];

    /// <summary>Only events of this time or newer can still enter.</summary>
    public EventTime Floor => _order.Count > limit ? _order.Min.Time : default;

    /// <summary>Whether there are more than was asked for.</summary>
    public bool More => _order.Count > limit;

    /// <summary>The lines, newest first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Lines =>
        [.. _order.Reverse().Take(limit).Select(entry => (ReadOnlyMemory<byte>)_byId[entry.Id].Line)];

    /// <summary>
    /// Offers an event. Of several copies the one of the source offered last stays (the archive is read after the inbox),
    /// and within a source the first: so the archive run decides too.
    /// </summary>
    public void Offer(EventId id, EventTime time, ReadOnlySpan<byte> line, int source)
    {
        if (_byId.TryGetValue(id, out var held))
        {
            if (held.Source == source)
            {
                return;
            }

            _order.Remove((held.Time, id));
        }
        else if (_order.Count > limit && (time, id).CompareTo(_order.Min) < 0)
        {
            return;
        }

        _order.Add((time, id));
        _byId[id] = (time, line.ToArray(), source);
        if (_order.Count > limit + 1)
        {
            var oldest = _order.Min;
            _order.Remove(oldest);
            _byId.Remove(oldest.Id);
        }
    }
}
