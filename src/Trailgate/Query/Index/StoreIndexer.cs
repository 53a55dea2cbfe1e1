using Microsoft.Extensions.Logging;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Query.Index;

/// <summary>
/// Brings the index of one store up to the ledger's last note. Any number may do so at once: files are named by their content, and
/// whoever replaces a region's catalog second leaves the first one's standing.
/// </summary>
public sealed partial class StoreIndexer(Store store, ILogger<StoreIndexer> logger)
{
    /// <summary>So many manifests of a region wait before an archive run adds them: a day's file is written as a whole each time.</summary>
    public const int RunStep = 16;

    private const int ManifestsAtOnce = 500;

    /// <summary>
    /// A day's file with so many events or more is left as it is, and another one begun, so that memory does not grow with the day: a
    /// process that indexes 800,000 events of one region and day peaks at 140 MB, with next to none at 67 MB.
    /// </summary>
    internal int RowsPerFile { get; init; } = 500_000;

    private readonly ArchiveReader _archive = new(store.Blobs);

    /// <summary>Whose index it is.</summary>
    public Store Store => store;

    /// <summary>Adds what the index lacks; of a region that lacks very much, a part: who calls again goes on.</summary>
    /// <param name="step">Regions that lack fewer manifests are left as they are.</param>
    /// <param name="cancellationToken">Stops it; what was written stays right.</param>
    /// <exception cref="ArchiveDamagedException">A note or manifest can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public Task<IndexSummary> CatchUpAsync(int step, CancellationToken cancellationToken) => RunAsync(anew: false, step, cancellationToken);

    /// <summary>Makes all of it anew, from the manifests and segments alone, and takes away what is left of others.</summary>
    /// <exception cref="ArchiveDamagedException">A note or manifest can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public Task<IndexSummary> RebuildAsync(CancellationToken cancellationToken) => RunAsync(anew: true, step: 1, cancellationToken);

    private async Task<IndexSummary> RunAsync(bool anew, int step, CancellationToken cancellationToken)
    {
        var summary = default(IndexSummary);
        foreach (var head in (await _archive.ReadLastNoteAsync(cancellationToken))?.Note.Heads ?? [])
        {
            var writer = new RegionIndexWriter(store.Blobs, _archive, head, RowsPerFile);
            var catalog = await writer.OpenAsync(anew, cancellationToken);
            if (!anew && head.Sequence - catalog.Sequence < step)
            {
                continue;
            }

            await WriteAsync(writer, catalog, anew ? head.Sequence : Math.Min(catalog.Sequence + ManifestsAtOnce, head.Sequence), cancellationToken);
            if (anew)
            {
                await writer.SweepAsync(cancellationToken);
            }

            summary = summary.Add(writer.Done);
        }

        return summary;
    }

    private async Task WriteAsync(RegionIndexWriter writer, RegionCatalog? catalog, long end, CancellationToken cancellationToken)
    {
        var isMended = false;
        while (catalog is not null && catalog.Sequence < end)
        {
            try
            {
                catalog = await writer.AddAsync(catalog, ManifestsAtOnce, cancellationToken);
            }
            catch (InvalidDataException e) when (!isMended)
            {
                LogDamaged(store, writer.Empty.Region, e);
                catalog = writer.Empty;
                isMended = true;
            }
        }

        if (catalog is null)
        {
            LogOvertaken(store, writer.Empty.Region);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Store {Store}: the index of {Region} is damaged and is made anew.")]
    private partial void LogDamaged(Store store, Region region, Exception exception);

    [LoggerMessage(LogLevel.Debug, "Store {Store}: another run wrote the index of {Region} meanwhile.")]
    private partial void LogOvertaken(Store store, Region region);
}
