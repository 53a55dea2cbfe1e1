namespace Trailgate.Archive;

/// <summary>A plan that is not stored yet.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Content">What its batches hold: they had to be read to make it.</param>
internal sealed record PlanDraft(Plan Plan, PlanContent Content);
