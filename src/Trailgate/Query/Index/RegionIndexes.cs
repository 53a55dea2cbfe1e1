using System.Collections.Concurrent;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Query.Index;

/// <summary>The index of one store, for who reads: which catalog of a region to believe, and which of its files not to.</summary>
internal sealed class RegionIndexes(IBlobStore blobs, ArchiveReader archive)
{
    private const int MaxRefused = 10_000;

    private readonly IndexBlobs _files = new(blobs);
    private readonly ConcurrentDictionary<Region, RegionCatalog> _catalogs = new();
    private readonly ConcurrentDictionary<BlobName, bool> _refused = new();

    /// <summary>
    /// The catalog of a region; null when there is none that ends in a manifest of the archive. One that lacks few
    /// manifests is remembered.
    /// </summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<RegionCatalog?> FindAsync(RegionHead head, CancellationToken cancellationToken)
    {
        var known = _catalogs.GetValueOrDefault(head.Region);
        if (known is not null && head.Sequence - known.Sequence < StoreIndexer.RunStep)
        {
            return known;
        }

        if (await ReadAsync(head.Region, cancellationToken) is not { } catalog
            || (known?.Sha256 != catalog.Sha256 && !await BelongsAsync(catalog, head, cancellationToken)))
        {
            return known;
        }

        _catalogs[head.Region] = catalog;
        return catalog;
    }

    /// <summary>Opens the file of a day; null when it is not to be believed.</summary>
    /// <exception cref="InvalidDataException">It is missing or damaged.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<DayFile?> OpenAsync(Region region, IndexedDay day, CancellationToken cancellationToken) =>
        _refused.ContainsKey(day.NameIn(region)) ? null : await DayFile.OpenAsync(_files, region, day, cancellationToken);

    /// <summary>Believes a file no longer, and looks for a newer catalog next time.</summary>
    public void Refuse(Region region, IndexedDay day)
    {
        if (_refused.Count >= MaxRefused)
        {
            _refused.Clear();
        }

        _refused[day.NameIn(region)] = true;
        _catalogs.TryRemove(region, out _);
    }

    // As a stream: for who reads a whole blob the file store makes sure that a replacement is durable, which takes a flush to disk.
    private async Task<RegionCatalog?> ReadAsync(Region region, CancellationToken cancellationToken)
    {
        if (await blobs.OpenReadAsync(RegionCatalog.NameOf(region), 0, null, cancellationToken) is not { } stream)
        {
            return null;
        }

        await using (stream)
        {
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, cancellationToken);
            return RegionCatalog.Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), region);
        }
    }

    private async Task<bool> BelongsAsync(RegionCatalog catalog, RegionHead head, CancellationToken cancellationToken)
    {
        try
        {
            // It may be ahead of a head that was read a moment ago.
            return catalog.Sequence == head.Sequence
                ? catalog.Sha256 == head.Sha256
                : catalog.Sequence > 0 && (await archive.ReadManifestAsync(head.Region, catalog.Sequence, cancellationToken)).Sha256 == catalog.Sha256;
        }
        catch (ArchiveDamagedException)
        {
            return false; // without the index, it is come to and told
        }
    }
}
