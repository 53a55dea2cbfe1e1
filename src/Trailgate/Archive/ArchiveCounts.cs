namespace Trailgate.Archive;

/// <summary>What became of what was received. <see cref="Received"/> is the sum of the other three, always.</summary>
/// <param name="Received">Items that became durable, as the batches say themselves.</param>
/// <param name="Archived">Events that stand in a segment.</param>
/// <param name="Duplicate">Copies of events that stand in a segment.</param>
/// <param name="Quarantined">Items that are no event.</param>
public readonly record struct ArchiveCounts(long Received, long Archived, long Duplicate, long Quarantined)
{
    /// <summary>Member by member.</summary>
    public static ArchiveCounts operator +(ArchiveCounts left, ArchiveCounts right) => left.Add(right);

    /// <summary>Member by member.</summary>
    public ArchiveCounts Add(ArchiveCounts other) => new(
        Received + other.Received, Archived + other.Archived, Duplicate + other.Duplicate, Quarantined + other.Quarantined);
}
