using Trailgate.Events;

namespace Trailgate.Alerts;

/// <summary>A named condition on one event. It reads nothing but the parsed line, so that ingest can ask it for every event.</summary>
public sealed class AlertRule
{
    /// <summary>The condition. Must not allocate and must not throw: it runs for every event received.</summary>
    internal delegate bool Condition(in EventLine line);

    /// <summary>Something was deleted, detached, revoked or otherwise ended.</summary>
    public static readonly AlertRule Delete = new("delete", static (in EventLine line) => line.Kind == EventKind.Delete);

    /// <summary>Something was tried and not done.</summary>
    public static readonly AlertRule Failure = new("failure", static (in EventLine line) => line.Outcome == Outcome.Failure);

    /// <summary>
    /// Name of the alerts that Trailgate raises about itself: quarantined events, failing runs, dead letters. It has no
    /// condition on events and can not be turned off.
    /// </summary>
    public const string Pipeline = "pipeline";

    /// <summary>All rules on events, in the order in which the alerts of one event are written.</summary>
    public static IReadOnlyList<AlertRule> All { get; } = [Delete, Failure];

    private readonly Condition _condition;

    private AlertRule(string name, Condition condition)
    {
        Name = name;
        _condition = condition;
    }

    /// <summary>The name, as it stands in settings and alerts. Part of every alert id, so it never changes.</summary>
    public string Name { get; }

    /// <summary>Whether the event meets the condition. A stage that is not an action's last raises nothing: each action would count twice.</summary>
    public bool Matches(in EventLine line) => !line.IsInterim && _condition(line);
}
