using Trailgate.Events;

namespace Trailgate.Query;

/// <summary>What the stores received, and where it is now.</summary>
public sealed record StatsReport
{
    /// <summary>The counts of every store that answered.</summary>
    public required IReadOnlyList<StoreReport> Stores { get; init; }

    /// <summary>The names of the stores that did not answer: what they hold is missing in the sums.</summary>
    public required IReadOnlyList<string> Unavailable { get; init; }

    /// <summary>About how many alert messages wait to be delivered; null while the queue can not be read.</summary>
    public required int? QueuedAlerts { get; init; }

    /// <summary>The counts of every region, over all stores.</summary>
    public IReadOnlyDictionary<Region, RegionStats> Regions => new SortedDictionary<Region, RegionStats>(Stores
        .SelectMany(store => store.Regions)
        .GroupBy(pair => pair.Key, pair => pair.Value)
        .ToDictionary(region => region.Key, region => region.Aggregate(static (sum, counts) => sum.Plus(counts))));

    /// <summary>The sum over the regions.</summary>
    public RegionStats Total => Stores.SelectMany(store => store.Regions.Values).Aggregate(default(RegionStats), static (sum, region) => sum.Plus(region));

    /// <summary>Whether the identity holds for a region in every store that answered.</summary>
    public bool IsBalanced(Region region) => Stores.All(store => store.Regions.GetValueOrDefault(region).Balanced);

    /// <summary>
    /// Whether the identity holds in every region of every store, so that no loss hides behind a gain elsewhere. Nobody can
    /// say so while a store does not answer.
    /// </summary>
    public bool Balanced => Unavailable.Count == 0 && Stores.All(store => store.Regions.Values.All(region => region.Balanced));

    /// <summary>False when some store's numbers are not of one moment. Ask again.</summary>
    public bool Settled => Stores.All(store => store.Settled);

    /// <summary>Batches that wait for an archive run.</summary>
    public int WaitingBatches => Stores.Sum(store => store.WaitingBatches);

    /// <summary>Those of them that are damaged: an archive run leaves them where they are.</summary>
    public int DamagedBatches => Stores.Sum(store => store.DamagedBatches);

    /// <summary>How long the oldest batch waits; null when none does.</summary>
    public TimeSpan? OldestWaiting => Stores.Max(store => store.OldestWaiting);
}
