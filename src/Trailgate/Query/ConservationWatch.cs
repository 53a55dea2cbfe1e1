using System.Globalization;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Holds the counters of a store against one another: received, by the trailers of the batches, and what became of it, by
/// counting lines. It reads what is stored and remembers nothing that decides, so that a restart hides no break.
/// </summary>
public sealed class ConservationWatch(StoreReaders readers, TimeProvider time)
{
    /// <summary>
    /// Raises an alert for each region of the store whose counters do not add up. Says nothing while another archive run
    /// moves what is being counted: that one looks at its end.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="raise">Raises an alert of the pipeline: its subject, the same for the same break, and a message.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="Archive.ArchiveDamagedException">A record of the archive that the counts stand in can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task CheckAsync(Store store, Func<string, string, CancellationToken, Task> raise, CancellationToken cancellationToken)
    {
        var report = await new StoreStats(readers.Of(store), time).ReadAsync(cancellationToken);
        if (!report.Settled)
        {
            return;
        }

        foreach (var (region, counts) in report.Regions)
        {
            if (!counts.Balanced)
            {
                await raise(Subject(region, counts), Message(region, counts), cancellationToken);
            }
        }
    }

    // What is missing stays missing while more comes in, so the difference names the break.
    private static string Subject(Region region, RegionStats counts) =>
        string.Create(CultureInfo.InvariantCulture, $"conservation: {region} is off by {counts.Received - counts.Accounted}");

    private static string Message(Region region, RegionStats counts) => string.Create(
        CultureInfo.InvariantCulture,
        $"The counters of the region {region} do not add up: {counts.Received} received; {counts.Archived} archived, {counts.Duplicate} duplicate, "
        + $"{counts.Quarantined} quarantined and {counts.InFlight} in flight are {counts.Accounted}. `trailgate verify` tells more.");
}
