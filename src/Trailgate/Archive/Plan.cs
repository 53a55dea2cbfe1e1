namespace Trailgate.Archive;

/// <summary>
/// What one archive run will do, fixed beforehand. Everything that the run writes depends on this and on the content of
/// the batches alone, so any number of runs of one plan, at once or after a crash, end in the same archive.
/// </summary>
public sealed record Plan
{
    /// <summary>Names the run: a UUID of version 7, by the clock of whoever made the plan.</summary>
    public required Guid RunId { get; init; }

    /// <summary>
    /// When the plan was made, cut to the millisecond, and never before the last note; the time of its manifests and of its
    /// note.
    /// </summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The first line of the note. Here, so that two hosts with different settings write the same one.</summary>
    public required string Origin { get; init; }

    /// <summary>The batches, ordered by name. None in a plan that is made only to end in a note.</summary>
    public required IReadOnlyList<BatchReference> Batches { get; init; }

    /// <summary>The last manifest of every region that the store ever had, before this plan; ordered by region.</summary>
    public required IReadOnlyList<RegionHead> Heads { get; init; }

    /// <summary>The last note before this plan; null when there was none.</summary>
    public required NoteHead? Note { get; init; }

    /// <summary>Whether the run is complete.</summary>
    public PlanState State { get; init; }

    /// <summary>The sequence of the note that this plan ends in.</summary>
    public long NoteSequence => (Note?.Sequence ?? 0) + 1;
}

/// <summary>The last note of the ledger.</summary>
/// <param name="Sequence">Its sequence, from 1.</param>
/// <param name="Sha256">SHA-256 of its stored bytes, 64 lower-case hexadecimal digits.</param>
public sealed record NoteHead(long Sequence, string Sha256);

/// <summary>How far a plan is.</summary>
public enum PlanState
{
    /// <summary>To be executed, by anybody.</summary>
    Open,

    /// <summary>Its note stands and its batches are deleted; the next plan may be made.</summary>
    Done,
}
