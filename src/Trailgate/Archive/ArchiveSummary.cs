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
        var text = $"Archived {CountText.Of(Counts.Archived, "event")} in {CountText.Of(Segments, "segment")} from {CountText.Of(Batches, "batch", "batches")}";
        text += Counts.Duplicate > 0 ? $", {CountText.Of(Counts.Duplicate, "duplicate")} left out" : "";
        text += Counts.Quarantined > 0 ? $", {Counts.Quarantined} in quarantine" : "";
        return Damaged > 0 ? $"{text}, {CountText.Of(Damaged, "damaged batch", "damaged batches")} left in the inbox" : text;
    }
}
