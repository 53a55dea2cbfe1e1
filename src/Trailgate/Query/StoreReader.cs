using Microsoft.Extensions.Logging;
using Trailgate.Archive;
using Trailgate.Query.Index;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>What queries read of one store, and what they remember of it.</summary>
public sealed class StoreReader
{
    /// <summary>A reader of a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="logger">Told what can not be read of the inbox.</param>
    /// <param name="isReadOnly">Whether nothing may be written there, not even a missing index.</param>
    public StoreReader(Store store, ILogger<InboxReader> logger, bool isReadOnly = false)
    {
        var blobs = new MeteredBlobStore(store.Blobs);
        Store = store;
        Inbox = new InboxReader(blobs, logger);
        Archive = new ArchiveReader(blobs);
        Indexes = new RegionIndexes(blobs, Archive);
        Catalog = new ArchiveCatalog(blobs, Archive, Indexes);
        Parts = new PartReader(blobs, Archive, Indexes);
        Overflows = new OverflowReader(blobs);
        Ids = new IdIndex(blobs, Archive, isReadOnly);
        Plans = new PlanStore(blobs);
    }

    /// <summary>The store.</summary>
    public Store Store { get; }

    /// <summary>Its batches that wait.</summary>
    public InboxReader Inbox { get; }

    /// <summary>Its archive.</summary>
    public ArchiveReader Archive { get; }

    /// <summary>What its archive holds.</summary>
    public ArchiveCatalog Catalog { get; }

    /// <summary>The full bodies of its limited events.</summary>
    public OverflowReader Overflows { get; }

    internal RegionIndexes Indexes { get; }

    internal PartReader Parts { get; }

    /// <summary>The ids of single segments, for those that the index does not know yet.</summary>
    internal IdIndex Ids { get; }

    internal PlanStore Plans { get; }
}
