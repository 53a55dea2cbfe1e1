using Trailgate.Events;

namespace Trailgate.Alerts;

/// <summary>The rules that are on.</summary>
public sealed class RuleSet
{
    private readonly AlertRule[] _rules;

    /// <summary>Rules in the order in which the alerts of one event are written.</summary>
    public RuleSet(IEnumerable<AlertRule> rules) => _rules = [.. rules];

    /// <summary>All rules on events.</summary>
    public static RuleSet Default { get; } = new(AlertRule.All);

    /// <summary>The rules themselves.</summary>
    public IReadOnlyList<AlertRule> Rules => _rules;

    /// <summary>All rules but those that the settings turn off.</summary>
    public static RuleSet From(AlertOptions options) =>
        new(AlertRule.All.Where(rule => !options.Rules.TryGetValue(rule.Name, out var on) || on));

    /// <summary>Whether any rule matches. Does not allocate.</summary>
    public bool Matches(in EventLine line)
    {
        foreach (var rule in _rules)
        {
            if (rule.Matches(line))
            {
                return true;
            }
        }

        return false;
    }
}
