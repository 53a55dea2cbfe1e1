namespace Trailgate.Archive;

/// <summary>What one call of the archiver did.</summary>
/// <param name="Plans">Plans completed, those that brought nothing but a note included.</param>
/// <param name="Batches">Batches consumed.</param>
/// <param name="Segments">Segments written, or found as they should be.</param>
/// <param name="Counts">What became of the items in those batches.</param>
/// <param name="Damaged">Batches left where they are because they can not be read.</param>
public readonly record struct ArchiveSummary(int Plans, int Batches, int Segments, ArchiveCounts Counts, int Damaged)
{
    /// <summary>Member by member.</summary>
    public ArchiveSummary Add(ArchiveSummary other) => new(
        Plans + other.Plans, Batches + other.Batches, Segments + other.Segments, Counts + other.Counts, Damaged + other.Damaged);

    /// <summary>One sentence for people, without its full stop.</summary>
    public override string ToString()
    {
        var text = $"Archived {Count(Counts.Archived, "event")} in {Count(Segments, "segment")} from {Count(Batches, "batch", "batches")}";
        text += Counts.Duplicate > 0 ? $", {Count(Counts.Duplicate, "duplicate")} left out" : "";
        text += Counts.Quarantined > 0 ? $", {Counts.Quarantined} in quarantine" : "";
        return Damaged > 0 ? $"{text}, {Count(Damaged, "damaged batch", "damaged batches")} left in the inbox" : text;
    }

    private static string Count(long number, string one, string? many = null) => number == 1 ? $"1 {one}" : $"{number} {many ?? one + "s"}";
}
