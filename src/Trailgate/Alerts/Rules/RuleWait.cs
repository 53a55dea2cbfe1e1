namespace Trailgate.Alerts.Rules;

/// <summary>
/// A rule that tells of what did not happen: a match raises its alert only when nothing has followed it in time that ends
/// it: another event of the same correlationId, or where it has none, of the same target.
/// </summary>
/// <param name="Within">How long to wait, counted from the event.</param>
/// <param name="Until">What ends the waiting.</param>
internal sealed record RuleWait(TimeSpan Within, Condition Until);
