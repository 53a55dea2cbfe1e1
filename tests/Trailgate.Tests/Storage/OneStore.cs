using Trailgate.Events;
using Trailgate.Ingest;
using Trailgate.Storage;

namespace Trailgate.Tests.Storage;

/// <summary>What needs stores gets the default one and no other.</summary>
internal static class OneStore
{
    public static Store Over(IBlobStore blobs) => new(Store.DefaultName, blobs);

    public static Residency Residency(Store store) =>
        new(new Stores(store), new RegionTable([]), new Dictionary<Region, string>(), new Dictionary<string, string>());
}
