using Microsoft.Extensions.Logging;
using Trailgate.Archive;
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
        Catalog = new ArchiveCatalog(blobs, Archive);
        Overflows = new OverflowReader(blobs);
        Index = new IdIndex(blobs, Archive, isReadOnly);
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

    internal IdIndex Index { get; }

    internal PlanStore Plans { get; }
}
