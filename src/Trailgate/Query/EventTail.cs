using Trailgate.Archive;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Follows what becomes durable: each look tells the events of the batches that are new since the one before, in the order
/// of the batches, and each event once. Not safe for several threads.
/// </summary>
public sealed class EventTail
{
    private readonly StoreReaders _readers;
    private readonly EventMatcher _matcher;
    private readonly Dictionary<string, StoreTail> _tails = new(StringComparer.Ordinal);

    /// <summary>A tail of the events that a query asks for; its order, limit and cursor do not count.</summary>
    public EventTail(StoreReaders readers, EventQuery query)
    {
        _readers = readers;
        _matcher = new EventMatcher(query);
    }

    /// <summary>
    /// Tells what is new. The first look at a store tells nothing: it sees where the new begins. A store that fails is asked
    /// again by the next look, and nothing of it is lost; some of it may be told before the failure.
    /// </summary>
    /// <param name="tell">Gets each event, as it is stored; the bytes are valid during the call only.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>The names of the stores that did not answer.</returns>
    /// <exception cref="StorageException">No store answered; a retry is safe.</exception>
    /// <exception cref="ArchiveDamagedException">No store answered, because its own records of the archive can not be read.</exception>
    public Task<IReadOnlyList<string>> LookAsync(Action<ReadOnlySpan<byte>> tell, CancellationToken cancellationToken) =>
        _readers.AskAllAsync(
            async (reader, token) =>
            {
                if (_tails.TryGetValue(reader.Store.Name, out var tail))
                {
                    await tail.LookAsync(_matcher, tell, token);
                }
                else
                {
                    _tails[reader.Store.Name] = await StoreTail.BeginAsync(reader, token);
                }
            },
            cancellationToken);
}
