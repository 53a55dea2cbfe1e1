using Microsoft.Extensions.Logging;
using Trailgate.Archive;
using Trailgate.Query.Index;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Answers event queries: store by store, inbox first, archive afterwards. A batch leaves the inbox only when the note
/// over its manifests stands, so an event that moves meanwhile is seen at least once, and one copy of it is shown. Never
/// opened is what can not hold an event that the query asks for and that comes before the last of a full page.
/// </summary>
public sealed partial class EventSearch(StoreReaders readers, ILogger<EventSearch> logger)
{
    /// <summary>Finds the events that a query asks for. A retry is safe.</summary>
    /// <exception cref="ArchiveDamagedException">No newest ledger note can be read, so nobody knows what is archived.</exception>
    /// <exception cref="StorageException">No store could do it; a retry is safe.</exception>
    public async Task<EventPage> FindAsync(EventQuery query, CancellationToken cancellationToken)
    {
        var meter = ReadMeter.Start();
        while (true)
        {
            var results = new SearchResults(query);
            try
            {
                var unavailable = await readers.AskAllAsync((reader, token) => SearchAsync(reader, results, token), cancellationToken);
                return results.ToPage() with { Unavailable = unavailable, Read = meter.Cost };
            }
            catch (WrongIndexException)
            {
                // The file is refused from now on, so this ends; mostly a run has put a newer one in its place.
            }
        }
    }

    private async Task SearchAsync(StoreReader reader, SearchResults results, CancellationToken cancellationToken)
    {
        // In the order asked for, so that a page soon is full of what the others can not beat.
        var batches = await reader.Inbox.ListAsync(cancellationToken);
        foreach (var batch in results.Query.Order == EventOrder.Oldest ? batches : batches.Reverse())
        {
            if (reader.Inbox.Known(batch) is not { } known || results.CanUse(known))
            {
                results.BeginSource(isInbox: true);
                await reader.Inbox.ReadAsync(batch, results.Offer, cancellationToken);
            }
        }

        await new ArchiveSearch(reader, results.Query, e => Report(reader, results, e)).RunAsync(results, cancellationToken);
    }

    private void Report(StoreReader reader, SearchResults results, ArchiveDamagedException damage)
    {
        if (results.AddDamaged(new DamagedPart(reader.Store.Name, damage.Blob)))
        {
            LogDamaged(reader.Store, damage);
        }
    }

    [LoggerMessage(LogLevel.Error, "A part of the archive of the store {Store} can not be read, so queries do not see all of it.")]
    private partial void LogDamaged(Store store, ArchiveDamagedException exception);
}
