using Trailgate.Archive;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>Counts what all stores received against what became of it.</summary>
public sealed class Stats(StoreReaders readers, IMessageQueue alerts, TimeProvider time)
{
    /// <summary>Reads all counters. A retry is safe.</summary>
    /// <exception cref="ArchiveDamagedException">No store could be counted: the plan, the newest note or a manifest that it names can not be read.</exception>
    /// <exception cref="StorageException">No store, or not the queue, could be read; a retry is safe.</exception>
    public async Task<StatsReport> ReadAsync(CancellationToken cancellationToken)
    {
        var stores = new List<StoreReport>();
        var unavailable = await readers.AskAllAsync(
            async (reader, token) => stores.Add(await new StoreStats(reader, time).ReadAsync(token)), cancellationToken);
        return new StatsReport
        {
            Stores = stores,
            Unavailable = unavailable,
            // The queue is in the default store: while that is away, nobody knows what waits there.
            QueuedAlerts = unavailable.Contains(Store.DefaultName) ? null : await alerts.CountAsync(cancellationToken),
        };
    }
}
