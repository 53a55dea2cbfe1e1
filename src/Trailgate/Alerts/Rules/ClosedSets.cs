using Trailgate.Events;

namespace Trailgate.Alerts.Rules;

/// <summary>
/// Fields that every normalized event has, with one of a few texts that are ours, whatever the source wrote: a rule that asks
/// for another is misspelt, and would never match.
/// </summary>
internal static class ClosedSets
{
    private static readonly string[] Kinds = [.. Enum.GetValues<EventKind>().Select(EventKinds.ToText)];
    private static readonly string[] Outcomes = [.. Enum.GetValues<Outcome>().Select(Events.Outcomes.ToText)];
    private static readonly string[] Severities = [.. Enum.GetValues<EventSeverity>().Select(EventSeverities.ToText)];

    /// <summary>What the field can be; null when it can be anything.</summary>
    public static string[]? Of(FieldPath path) =>
        path.Is("trailgate", "kind") ? Kinds
        : path.Is("outcome") ? Outcomes
        : path.Is("severity") ? Severities
        : null;
}
