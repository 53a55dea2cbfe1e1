using Trailgate.Alerts.Grouping;
using Trailgate.Alerts.Rules;
using Trailgate.Events;

namespace Trailgate.Alerts.Trial;

/// <summary>Counts what rules match in one store, hour by hour, and what would be told of it.</summary>
internal sealed class TrialTally(RuleSet rules, IReadOnlyList<RuleResult> results, TimeSpan defaultWindow)
{
    private static readonly FieldPath Correlation = PathOf("correlationId");
    private static readonly FieldPath Target = PathOf("target.id");

    private readonly List<(EventTime Time, Action Do)> _hour = [];
    private readonly Dictionary<GroupId, GroupState> _groups = [];
    private readonly Dictionary<(string Rule, string About), Alert> _waiting = [];
    private readonly List<AlertRule> _matching = [];
    private readonly List<(AlertRule Rule, RuleSet Until)> _ends =
        [.. rules.Rules.Where(static rule => rule.Wait is not null).Select(static rule => (rule, new RuleSet([new AlertRule("until", rule.Wait!.Until)])))];

    /// <summary>Takes an event; the order within an hour does not matter.</summary>
    public void Offer(in EventLine line, ReadOnlySpan<byte> bytes)
    {
        var about = _ends.Count == 0 ? null : EventFields.First(bytes, Correlation) ?? EventFields.First(bytes, Target);
        foreach (var (rule, until) in _ends)
        {
            if (about is not null && until.Matches(line, bytes))
            {
                var time = line.Time;
                _hour.Add((time, () => EndWait(rule, about, time)));
            }
        }

        rules.Match(line, bytes, _matching);
        foreach (var rule in _matching)
        {
            var alert = Alert.OfEvent(rule, line, bytes, line.Time.ToDateTimeOffset());
            _hour.Add((line.Time, () => Match(rule, alert, about)));
        }
    }

    /// <summary>Counts the matches of an hour in the order of their times.</summary>
    public void EndHour()
    {
        foreach (var (_, take) in _hour.OrderBy(static one => one.Time))
        {
            take();
        }

        _hour.Clear();
    }

    /// <summary>Counts what is left: waits that are over by then, and what the last windows hold.</summary>
    public void End(EventTime? until)
    {
        foreach (var ((rule, about), alert) in _waiting.OrderBy(static pair => EventTimes.Read(pair.Value.OccurredAt)))
        {
            var found = rules.Find(rule)!;
            var over = EventTimes.Read(alert.OccurredAt).ToDateTimeOffset() + found.Wait!.Within;
            if (until is { } end && over > end.ToDateTimeOffset())
            {
                ResultOf(found).Untold++;
            }
            else
            {
                Count(found, alert, over);
            }
        }

        foreach (var (id, state) in _groups)
        {
            var result = results.First(one => one.Rule == id.Rule);
            result.Notifications += state.Tally.Count > 0 ? 1 : 0;
            result.Untold += state.Held.Count + state.Lapsed;
        }
    }

    private void Match(AlertRule rule, Alert alert, string? about)
    {
        var result = ResultOf(rule);
        result.Matches++;
        result.AddExample(alert);
        if (rule.Wait is null)
        {
            Count(rule, alert, EventTimes.Read(alert.OccurredAt).ToDateTimeOffset());
        }
        else if (about is null || !_waiting.TryAdd((rule.Name, about), alert))
        {
            // Nothing says what would end it; or one of the same waits already, and the first stands for both.
            result.Untold++;
        }
    }

    private void EndWait(AlertRule rule, string about, EventTime time)
    {
        if (_waiting.TryGetValue((rule.Name, about), out var alert)
            && time.ToDateTimeOffset() <= EventTimes.Read(alert.OccurredAt).ToDateTimeOffset() + rule.Wait!.Within)
        {
            _waiting.Remove((rule.Name, about));
            ResultOf(rule).Untold++;
        }
    }

    private void Count(AlertRule rule, Alert alert, DateTimeOffset now)
    {
        var result = ResultOf(rule);
        var window = rule.Grouping.Window ?? defaultWindow;
        if (window == TimeSpan.Zero && rule.Threshold is null)
        {
            result.Notifications++;
            return;
        }

        var id = GroupId.Of(alert);
        var state = _groups.GetValueOrDefault(id);
        while (state?.Due is { } due && due <= now)
        {
            result.Notifications += state.Tally.Count > 0 ? 1 : 0;
            state = GroupCounting.Closed(GroupCounting.Close(state, window, due));
        }

        state = GroupCounting.Count(state, id, "", [alert], rule.Threshold, window, now);
        result.Notifications += state.Counted is [.., { Told: not null }] ? 1 : 0;
        _groups[id] = state with { Counted = [] };
    }

    private RuleResult ResultOf(AlertRule rule) => results.First(one => one.Rule == rule.Name);

    private static FieldPath PathOf(string text) => FieldPath.TryParse(text, out var path, out var fault) ? path : throw new ArgumentException(fault, nameof(text));
}
