namespace Trailgate.Alerts.Rules;

/// <summary>A named condition on one event, with what becomes of its matches. Rules are data: see <see cref="RuleReader"/>.</summary>
public sealed class AlertRule
{
    /// <summary>
    /// Name of the alerts that Trailgate raises about itself: quarantined events, failing runs, dead letters. It has no
    /// condition on events and can not be turned off.
    /// </summary>
    public const string Pipeline = "pipeline";

    /// <summary>Name of the alerts about sources and regions that are expected and quiet.</summary>
    public const string Silence = "silence";

    /// <summary>Longest name, in characters.</summary>
    public const int MaxNameLength = 40;

    internal AlertRule(string name, Condition when)
    {
        Name = name;
        When = when;
    }

    internal AlertRule(AlertRule other)
        : this(other.Name, other.When)
    {
        Description = other.Description;
        Severity = other.Severity;
        IsOn = other.IsOn;
        Threshold = other.Threshold;
        Wait = other.Wait;
        Grouping = other.Grouping;
    }

    /// <summary>Something was deleted, detached, revoked or otherwise ended.</summary>
    public static AlertRule Delete => ShippedRules.Named("delete");

    /// <summary>Something was tried and not done.</summary>
    public static AlertRule Failure => ShippedRules.Named("failure");

    /// <summary>The name, as it stands in settings and alerts. Part of every alert id, so it never changes.</summary>
    public string Name { get; }

    /// <summary>What it is for; null when nobody said.</summary>
    public string? Description { get; internal init; }

    /// <summary>The severity of its alerts; null for that of the event.</summary>
    public string? Severity { get; internal init; }

    /// <summary>Whether it raises alerts.</summary>
    public bool IsOn { get; internal init; } = true;

    internal Condition When { get; init; }

    internal RuleThreshold? Threshold { get; init; }

    internal RuleWait? Wait { get; init; }

    internal RuleGrouping Grouping { get; init; } = RuleGrouping.Default;

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
