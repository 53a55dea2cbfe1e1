using Trailgate.Archive;

namespace Trailgate.Verify;

/// <summary>What the inbox says of the runs. It is not part of the evidence, and a copy may come without it.</summary>
/// <param name="Plan">The plan, when there is one that reads.</param>
internal sealed record InboxView(Plan? Plan)
{
    /// <summary>Whether there is an inbox.</summary>
    public bool IsThere => Plan is not null;

    /// <summary>The last note that must stand, by the plan.</summary>
    public long KnownNotes => Plan is null ? 0 : Plan.State == PlanState.Done ? Plan.NoteSequence : Plan.NoteSequence - 1;

    /// <summary>Whether no run is under way: the plan is done, and its note is the last one.</summary>
    public bool IsSettled(long lastNote) => Plan is { State: PlanState.Done } plan && plan.NoteSequence == lastNote;
}
