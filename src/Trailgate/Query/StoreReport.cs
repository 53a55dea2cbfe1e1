using Trailgate.Events;

namespace Trailgate.Query;

/// <summary>What one store received, and where it is now.</summary>
public sealed record StoreReport
{
    /// <summary>The store's name.</summary>
    public required string Name { get; init; }

    /// <summary>The counts of every region that the store ever had.</summary>
    public required IReadOnlyDictionary<Region, RegionStats> Regions { get; init; }

    /// <summary>
    /// False when archive runs moved on during each try to read: the numbers are of two moments then, and need not be
    /// balanced. Ask again.
    /// </summary>
    public required bool Settled { get; init; }

    /// <summary>Batches that wait for an archive run.</summary>
    public required int WaitingBatches { get; init; }

    /// <summary>Those of them that are damaged: an archive run leaves them where they are.</summary>
    public required int DamagedBatches { get; init; }

    /// <summary>How long the oldest batch waits; null when none does.</summary>
    public required TimeSpan? OldestWaiting { get; init; }

    /// <summary>Sequence and time of the newest ledger note; null before the first.</summary>
    public required (long Sequence, DateTimeOffset Time)? LastNote { get; init; }
}

/// <summary>The counts of a region: <c>received = archived + duplicate + quarantined + inFlight</c>.</summary>
/// <param name="Received">Items that became durable, by the trailers of the batches.</param>
/// <param name="Archived">Events in the archive.</param>
/// <param name="Duplicate">Copies that archive runs left out.</param>
/// <param name="Quarantined">Items that are no event, moved to the quarantine.</param>
/// <param name="InFlight">Lines in the inbox that no finished plan covers, by counting.</param>
public readonly record struct RegionStats(long Received, long Archived, long Duplicate, long Quarantined, long InFlight)
{
    /// <summary>Whether everything that was received is somewhere.</summary>
    public bool Balanced => Received == Accounted;

    /// <summary>What is somewhere.</summary>
    public long Accounted => Archived + Duplicate + Quarantined + InFlight;

    internal RegionStats Plus(RegionStats other) => new(
        Received + other.Received, Archived + other.Archived, Duplicate + other.Duplicate, Quarantined + other.Quarantined, InFlight + other.InFlight);
}
