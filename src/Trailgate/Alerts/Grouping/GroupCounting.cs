using System.Text;
using System.Text.Json;
using Trailgate.Alerts.Rules;

namespace Trailgate.Alerts.Grouping;

/// <summary>
/// How a group counts, without any store or clock: given a state, what is the next one, and what is told. Every match is
/// told once, by itself or in the count of one summary, or waits to be.
/// </summary>
internal static class GroupCounting
{
    /// <summary>Counts the alerts that one matches blob has for the group. The blob must not be counted yet.</summary>
    /// <param name="state">The group before; null for a new one.</param>
    /// <param name="id">The group.</param>
    /// <param name="key">The key of the blob.</param>
    /// <param name="alerts">Its alerts of this group, one at least.</param>
    /// <param name="threshold">How many it takes until anybody is told; null for one.</param>
    /// <param name="window">How long to gather what follows.</param>
    /// <param name="now">The time.</param>
    public static GroupState Count(
        GroupState? state, GroupId id, string key, IReadOnlyList<Alert> alerts, RuleThreshold? threshold, TimeSpan window, DateTimeOffset now)
    {
        var next = state ?? GroupState.Begin(alerts[0]);
        Notification? told = null;
        foreach (var alert in alerts)
        {
            next = next with { Matches = next.Matches + 1 };
            if (next.Due is not null)
            {
                next = next with { Tally = next.Tally.Add(alert) };
            }
            else if (threshold is null)
            {
                told = Notification.OfAlert(alert, id.Thread);
                next = Open(next, window, now) with { Told = next.Told + 1 };
            }
            else
            {
                next = Hold(next, alert, threshold);
                if (next.Held.Count >= threshold.Count)
                {
                    (next, told) = Cross(next, id, window, now);
                }
            }
        }

        return next with { CountedAt = now, Counted = [.. next.Counted, new CountedMatches(key, told is null ? null : Encoding.UTF8.GetString(told.Json.Span))] };
    }

    /// <summary>Ends the open window: with a summary on its way when something was counted, and a new window then.</summary>
    public static GroupState Close(GroupState state, TimeSpan window, DateTimeOffset now) => state.Tally.Count == 0
        ? state with { Due = null }
        : Open(state, window, now) with { Closing = new GroupClosing(state.Window, state.Tally, now), Tally = GroupTally.None };

    /// <summary>The summary of a window that has ended.</summary>
    public static Notification SummaryOf(GroupState state, GroupId id, GroupClosing closing) => Summary(state, id, $"window {closing.Window}", isMore: true, closing.Tally, closing.At);

    /// <summary>Notes that the summary is on its way for good.</summary>
    public static GroupState Closed(GroupState state) => state with { Told = state.Told + (state.Closing?.Tally.Count ?? 0), Closing = null };

    private static GroupState Open(GroupState state, TimeSpan window, DateTimeOffset now) =>
        state with { Window = Math.Max(state.Window + 1, now.ToUnixTimeSeconds()), Due = now + window };

    /// <summary>Holds a match, and lets go of those that are too far from it in time, whichever is older.</summary>
    private static GroupState Hold(GroupState state, Alert alert, RuleThreshold threshold)
    {
        var isSample = state.Held.Count(static held => held.Alert is not null) < Notification.MaxSamples;
        var all = state.Held
            .Append(new HeldMatch(alert.OccurredAt, alert.Severity, isSample ? JsonElement.Parse(alert.Json.Span) : null))
            .OrderBy(static held => EventTimes.Read(held.At)).ToList();

        // Those within the time that ends at the latest match; a late one that is older than that lapses itself.
        var newest = EventTimes.Read(all[^1].At).Ticks;
        List<HeldMatch> kept = [.. all.Where(held => newest - EventTimes.Read(held.At).Ticks <= threshold.Within.Ticks)];
        return state with { Held = kept, Lapsed = state.Lapsed + all.Count - kept.Count };
    }

    private static (GroupState State, Notification Told) Cross(GroupState state, GroupId id, TimeSpan window, DateTimeOffset now)
    {
        var tally = new GroupTally
        {
            Count = state.Held.Count,
            First = state.Held[0].At,
            Last = state.Held[^1].At,
            Severity = state.Held.Aggregate(RuleSeverity.Normal, static (worst, held) => RuleSeverity.Worse(held.Severity, worst)),
            Samples = [.. state.Held.Select(static held => held.Alert).OfType<JsonElement>()],
        };
        var open = Open(state, window, now);
        return (open with { Held = [], Told = state.Told + tally.Count }, Summary(state, id, $"threshold {open.Window}", isMore: false, tally, now));
    }

    private static Notification Summary(GroupState state, GroupId id, string occasion, bool isMore, GroupTally tally, DateTimeOffset at)
    {
        var group = new NotificationGroup(
            id.Thread, state.Rule, tally.Severity, [.. state.Parts.Select(static part => KeyValuePair.Create(part.Name, part.Value))]);
        return Notification.OfSummary(group, occasion, isMore, tally.Count, tally.First, tally.Last, tally.SampleAlerts(), at);
    }
}
