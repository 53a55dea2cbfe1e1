using Trailgate.Events;

namespace Trailgate.Ingest;

/// <summary>
/// Ids that became durable lately, so that an answer can say "duplicate". Only a hint: nothing is left out because of
/// it, the archive run removes copies exactly. Two generations, so that memory is bounded and the younger half stays.
/// </summary>
internal sealed class RecentIds(int capacity)
{
    private readonly Lock _lock = new();

    // At their full size from the start: growing would leave twice as much behind, in arrays that are collected seldom.
    private HashSet<EventId> _young = new(capacity);
    private HashSet<EventId> _old = new(capacity);

    /// <summary>Adds what became durable; the answer tells which of them were there before, or stand twice in the list.</summary>
    public void Add(List<ItemResult> items, Span<bool> known)
    {
        lock (_lock)
        {
            for (var i = 0; i < items.Count; i++)
            {
                var item = items[i];
                known[i] = item.IsEvent && (_old.Contains(item.Id) | !_young.Add(item.Id));
            }

            if (_young.Count >= capacity)
            {
                (_old, _young) = (_young, _old);
                _young.Clear();
            }
        }
    }
}
