using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Trailgate.Alerts.Rules;

/// <summary>
/// Reads rules: <c>{"rules":[{"name":...,"when":{...}}]}</c>. A rule with the name of one that is there already changes
/// those of its members that it gives; any other is a new one behind them.
/// </summary>
internal static class RuleReader
{
    /// <summary>Longest text of rules, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Most rules, the shipped ones included.</summary>
    public const int MaxRules = 200;

    private const int MaxDescriptionLength = 500;
    private const int MaxJsonDepth = 64;

    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(7);
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>What a rule's name must be, for people.</summary>
    public const string NameRule = "a rule's name has 1 to 40 lower-case letters, digits and hyphens";

    /// <summary>The rules with what a text changes and adds; null when anything in it is wrong: then all of it counts for nothing.</summary>
    public static IReadOnlyList<AlertRule>? Read(ReadOnlyMemory<byte> json, IReadOnlyList<AlertRule> before, out IReadOnlyList<string> problems)
    {
        var faults = new RuleFaults();
        var rules = before.ToList();
        if (json.Length > MaxBytes)
        {
            faults.Add($"rules have at most {MaxBytes} bytes, and these have {json.Length}.");
        }
        else if (IsBlank(json.Span))
        {
            faults.Add("""there is nothing in it; the least that can be is {"rules":[]}.""");
        }
        else if (JsonPlace.Read(json, MaxJsonDepth, out var fault) is not { } root)
        {
            faults.Add(fault!);
        }
        else
        {
            Read(root, rules, faults);
        }

        problems = faults.All;
        return faults.Count == 0 ? rules : null;
    }

    // The JSON reader's own sentence would speak of tokens. What an editor or PowerShell leaves of an empty file is blank too.
    private static bool IsBlank(ReadOnlySpan<byte> json) => (json.StartsWith("\uFEFF"u8) ? json[3..] : json).Trim(" \t\r\n"u8).IsEmpty;

    private static void Read(JsonPlace root, List<AlertRule> rules, RuleFaults faults)
    {
        if (!faults.CheckObject(root, "the whole", "rules") || root["rules"] is not { Type: JsonTokenType.StartArray } list)
        {
            if (faults.Count == 0)
            {
                faults.Add(root, "the whole is an object with a list named rules.");
            }

            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in list.Items)
        {
            if (ReadRule(item, rules, faults) is not { } rule)
            {
                continue;
            }

            if (!seen.Add(rule.Name))
            {
                faults.Add(item, $"a rule named {rule.Name} stands here twice.");
            }

            var known = rules.FindIndex(other => other.Name == rule.Name);
            if (known < 0)
            {
                rules.Add(rule);
            }
            else
            {
                rules[known] = rule;
            }
        }

        if (rules.Count > MaxRules)
        {
            faults.Add(list, $"there are at most {MaxRules} rules, the shipped ones included; these would be {rules.Count}.");
        }

        var tests = rules.Sum(static rule => rule.When.Fields().Count());
        if (tests > RuleSet.MaxTests)
        {
            faults.Add(list, $"all rules together ask at most {RuleSet.MaxTests} fields; these would ask {tests}.");
        }
    }

    private static AlertRule? ReadRule(JsonPlace place, List<AlertRule> before, RuleFaults faults)
    {
        var problems = faults.Count;
        if (!faults.CheckObject(place, "a rule", "name", "description", "enabled", "severity", "when", "threshold", "wait", "group")
            && place.Type != JsonTokenType.StartObject)
        {
            return null;
        }

        // What is wrong with one member keeps none of the others from being looked at.
        var name = ReadName(place, faults);
        var known = before.Find(rule => rule.Name == name);
        var conditions = new ConditionReader(faults);
        var when = place["when"] is { } condition ? conditions.Read(condition) : known?.When;
        if (place["when"] is null && known is null && name is not null)
        {
            faults.Add(place, "the rule has no when, and no shipped rule has its name.");
        }

        var rule = new AlertRule(name ?? "", when ?? new Condition.All([]))
        {
            Description = Text(place["description"], MaxDescriptionLength, faults) ?? known?.Description,
            IsOn = Switch(place["enabled"], faults) ?? known?.IsOn ?? true,
            Severity = Severity(place["severity"], faults) ?? known?.Severity,
            Threshold = place["threshold"] is { } threshold ? ReadThreshold(threshold, faults) : known?.Threshold,
            Wait = place["wait"] is { } wait ? ReadWait(wait, conditions, faults) : known?.Wait,
            Grouping = place["group"] is { } group ? ReadGrouping(group, conditions, faults, known?.Grouping) : known?.Grouping ?? RuleGrouping.Default,
        };
        if (rule is { Threshold: not null, Wait: not null })
        {
            faults.Add(place, "a rule has a threshold or a wait, not both.");
        }

        return faults.Count == problems ? rule : null;
    }

    private static string? ReadName(JsonPlace place, RuleFaults faults)
    {
        if (place["name"] is not { Type: JsonTokenType.String } name || !IsName(name.Text))
        {
            faults.Add(place["name"] ?? place, $"{NameRule}.");
            return null;
        }

        if (name.Text is AlertRule.Pipeline or AlertRule.Silence)
        {
            faults.Add(name, $"{name.Text} is what Trailgate raises by itself; name the rule otherwise.");
            return null;
        }

        return name.Text;
    }

    private static RuleThreshold? ReadThreshold(JsonPlace place, RuleFaults faults)
    {
        if (place.Type == JsonTokenType.Null || !faults.CheckObject(place, "a threshold", "count", "within"))
        {
            return null;
        }

        var number = 0;
        if (place["count"] is not { Type: JsonTokenType.Number } count
            || !int.TryParse(count.Text, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number is < 2 or > RuleThreshold.MaxCount)
        {
            faults.Add(place["count"] ?? place, $"a threshold has a count from 2 to {RuleThreshold.MaxCount}.");
        }

        return Span(place, "within", TimeSpan.FromSeconds(1), LongestWindow, faults) is { } within ? new RuleThreshold(number, within) : null;
    }

    private static RuleWait? ReadWait(JsonPlace place, ConditionReader conditions, RuleFaults faults)
    {
        if (place.Type == JsonTokenType.Null || !faults.CheckObject(place, "a wait", "for", "until"))
        {
            return null;
        }

        if (place["until"] is null)
        {
            faults.Add(place, "a wait has an until: the condition on the event that ends it.");
        }

        var end = place["until"] is { } until ? conditions.Read(until) : null;
        return Span(place, "for", TimeSpan.FromMinutes(1), LongestWait, faults) is { } time && end is not null ? new RuleWait(time, end) : null;
    }

    private static RuleGrouping ReadGrouping(JsonPlace place, ConditionReader conditions, RuleFaults faults, RuleGrouping? known)
    {
        var before = known ?? RuleGrouping.Default;
        if (!faults.CheckObject(place, "a group", "by", "window"))
        {
            return before;
        }

        IReadOnlyList<FieldPath> by = before.By;
        if (place["by"] is { } fields)
        {
            if (fields.Type != JsonTokenType.StartArray || fields.Items.Count > RuleGrouping.MaxFields)
            {
                faults.Add(fields, $"by is a list of at most {RuleGrouping.MaxFields} fields.");
            }
            else
            {
                by = [.. fields.Items.Select(conditions.ReadPath).OfType<FieldPath>()];
            }
        }

        var window = place["window"] is null ? before.Window : Span(place, "window", TimeSpan.Zero, LongestWindow, faults);
        return new RuleGrouping(by, window);
    }

    private static TimeSpan? Span(JsonPlace place, string name, TimeSpan least, TimeSpan most, RuleFaults faults)
    {
        if (place[name] is { Type: JsonTokenType.String } text
            && SpanText.TryRead(text.Text, out var span) && span >= least && span <= most)
        {
            return span;
        }

        faults.Add(place[name] ?? place, $"{name} is a time from {least:c} to {most:c}, such as \"00:05:00\" for five minutes.");
        return null;
    }

    private static string? Text(JsonPlace? place, int most, RuleFaults faults)
    {
        if (place is not null && (place.Type != JsonTokenType.String || place.Text.Length > most))
        {
            faults.Add(place, $"this is a text of at most {most} characters.");
        }

        return place?.Text;
    }

    private static bool? Switch(JsonPlace? place, RuleFaults faults)
    {
        if (place is not null && place.Type is not (JsonTokenType.True or JsonTokenType.False))
        {
            faults.Add(place, "enabled is true or false.");
        }

        return place is null ? null : place.Type == JsonTokenType.True;
    }

    private static string? Severity(JsonPlace? place, RuleFaults faults)
    {
        if (place is not null && (place.Type != JsonTokenType.String || !RuleSeverity.IsKnown(place.Text)))
        {
            faults.Add(place, "a severity is normal, warning or critical.");
        }

        return place?.Text;
    }

    /// <summary>Whether a rule may have this name. It becomes part of blob names.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= AlertRule.MaxNameLength && !text.AsSpan().ContainsAnyExcept(NameCharacters);
}
