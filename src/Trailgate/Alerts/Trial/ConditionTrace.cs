using Trailgate.Alerts.Rules;
using Trailgate.Events;

namespace Trailgate.Alerts.Trial;

/// <summary>Says why a condition does not hold for an event: which tests failed, and what they saw.</summary>
internal static class ConditionTrace
{
    private const int MaxValues = 3;
    private const int MaxReasons = 5;

    /// <summary>The tests that keep it from holding; empty when it holds.</summary>
    public static IReadOnlyList<string> Why(Condition condition, in EventLine line, ReadOnlySpan<byte> bytes)
    {
        var reasons = new List<string>();
        Holds(condition, line, bytes, reasons);
        return reasons.Count <= MaxReasons ? reasons : [.. reasons.Take(MaxReasons), $"and {reasons.Count - MaxReasons} more"];
    }

    private static bool Holds(Condition condition, in EventLine line, ReadOnlySpan<byte> bytes, List<string> reasons)
    {
        switch (condition)
        {
            case Condition.All all:
                foreach (var part in all.Parts)
                {
                    // The first that fails is reason enough.
                    if (!Holds(part, line, bytes, reasons))
                    {
                        return false;
                    }
                }

                return true;

            case Condition.Any any:
                var failed = new List<string>();
                foreach (var part in any.Parts)
                {
                    if (Holds(part, line, bytes, failed))
                    {
                        return true;
                    }
                }

                reasons.AddRange(failed);
                return false;

            case Condition.Not not:
                if (!Holds(not.Part, line, bytes, []))
                {
                    return true;
                }

                reasons.Add($"not ({Text(not.Part)}), but {string.Join(", ", not.Part.Fields().Select(static field => field.Path).DistinctBy(static path => path.ToString()).Select(Seen(bytes)))}");
                return false;

            default:
                if (new RuleSet([new AlertRule("one", condition)]).Matches(line with { IsInterim = false }, bytes))
                {
                    return true;
                }

                reasons.Add($"{condition}, but {Seen(bytes)(((Condition.Field)condition).Path)}");
                return false;
        }
    }

    private static string Text(Condition condition) => condition switch
    {
        Condition.All all => string.Join(" and ", all.Parts.Select(Text)),
        Condition.Any any => string.Join(" or ", any.Parts.Select(Text)),
        Condition.Not not => $"not ({Text(not.Part)})",
        _ => condition.ToString(),
    };

    private static Func<FieldPath, string> Seen(ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        return path =>
        {
            var values = path.ToString() == FieldPath.Project
                ? EventFields.First(copy, path) is { } project ? [project] : []
                : EventFields.All(copy, path, MaxValues);
            return values.Count == 0 ? $"{path} has no value" : $"{path} is {string.Join(", ", values)}";
        };
    }
}
