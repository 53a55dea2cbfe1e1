using System.Text;
using Microsoft.Extensions.Logging;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Rules;
using Trailgate.Storage;

namespace Trailgate.Alerts.Grouping;

/// <summary>
/// Gathers alerts into groups: the first of a group goes out at once, what follows within its window is counted, and one
/// summary tells it when the window ends. All of it is in the store: any number of processes may work on the same groups,
/// a message handled twice counts once, and the end of a window is a message in the queue that survives every restart.
/// </summary>
internal sealed partial class AlertGroups(
    Stores stores, IMessageQueue queue, ActiveRules rules, Fanout fanout, FindEnd findEnd, AlertOptions options, TimeProvider time,
    ILogger<AlertGroups> logger)
{
    /// <summary>From so many remembered blobs on, those whose own record stands are forgotten.</summary>
    public const int MaxCounted = 64;

    // One blob may have matches of thousands of groups, and a lease is a few minutes.
    private const int GroupsAtOnce = 8;

    // How late the end of a window may be until somebody who comes by does it: the message may wait behind others.
    private static readonly TimeSpan Lateness = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(7);
    private static readonly TimeSpan StoreAwayWait = TimeSpan.FromMinutes(1);

    /// <summary>Decides what the alerts of a matches blob tell at once: see <see cref="GroupAlerts"/>.</summary>
    public async Task<IReadOnlyList<Notification>> DecideAsync(
        Store store, MatchesName matches, IReadOnlyList<Alert> alerts, CancellationToken cancellationToken)
    {
        if (await SettledMatches.ReadAsync(store.Blobs, matches.Key, cancellationToken) is { } settled)
        {
            return settled.Notifications();
        }

        var now = rules.Current;
        var waiting = alerts.Where(alert => now.Find(alert.Rule)?.Wait is not null).ToList();
        foreach (var rule in waiting.Select(alert => alert.Rule).Distinct(StringComparer.Ordinal))
        {
            await WaitAsync(store, matches, now.Find(rule)!.Wait!, [.. waiting.Where(alert => alert.Rule == rule)], cancellationToken);
        }

        var told = await CountAllAsync(store, matches.Key, [.. alerts.Except(waiting)], cancellationToken);
        return await SettledMatches.SettleAsync(store.Blobs, matches.Key, told, ended: null, cancellationToken);
    }

    /// <summary>Handles a message whose time has come.</summary>
    /// <returns>False when it is a message of another kind.</returns>
    /// <exception cref="StorageException">Something could not be read, kept or queued: handle the message again.</exception>
    public async Task<bool> HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (TimedMessage.Read(message) is not { } timed || stores.Find(timed.Store) is not { } store)
        {
            return false;
        }

        try
        {
            await (timed switch
            {
                TimedMessage.WindowEnd end => EndWindowAsync(store, end.Group, end.Window, cancellationToken),
                TimedMessage.WaitEnd end => EndWaitAsync(store, end, cancellationToken),
                _ => throw new System.Diagnostics.UnreachableException(),
            });
        }
        catch (StorageException e) when (!store.IsDefault)
        {
            // As for deliveries: the queue is elsewhere and goes on, and a few tries would make this a dead message.
            LogStoreAway(store, StoreAwayWait, e);
            await queue.SendAsync(message, StoreAwayWait, cancellationToken);
        }

        return true;
    }

    private async Task<List<Notification>> CountAllAsync(
        Store store, string key, IReadOnlyList<Alert> alerts, CancellationToken cancellationToken)
    {
        var told = new List<Notification>();
        foreach (var some in alerts.GroupBy(GroupId.Of).Chunk(GroupsAtOnce))
        {
            foreach (var one in await Task.WhenAll(some.Select(group => CountGroupAsync(store, group.Key, key, [.. group], cancellationToken))))
            {
                told.AddRange(one);
            }
        }

        return told;
    }

    private async Task<IReadOnlyList<Notification>> CountGroupAsync(
        Store store, GroupId id, string key, IReadOnlyList<Alert> alerts, CancellationToken cancellationToken)
    {
        var rule = rules.Current.Find(id.Rule);
        var window = WindowOf(rule, alerts[0]);
        if (window == TimeSpan.Zero && rule?.Threshold is null)
        {
            return [.. alerts.Select(static alert => Notification.OfAlert(alert, thread: null))];
        }

        return await CountAsync(store, id, key, alerts, rule?.Threshold, window, cancellationToken) is { } told ? [told] : [];
    }

    // What Trailgate tells about itself is told once a subject; only what can come in numbers is made a group of.
    private TimeSpan WindowOf(AlertRule? rule, Alert alert) =>
        alert.Rule is AlertRule.Pipeline or AlertRule.Silence && alert.Group.Count == 0 ? TimeSpan.Zero : rule?.Grouping.Window ?? options.GroupWindow;

    /// <summary>Counts the alerts that a blob has for one group. What it tells at once; null for nothing.</summary>
    private async Task<Notification?> CountAsync(
        Store store, GroupId id, string key, IReadOnlyList<Alert> alerts, RuleThreshold? threshold, TimeSpan window, CancellationToken cancellationToken)
    {
        while (true)
        {
            var content = await store.Blobs.ReadAsync(id.Blob, cancellationToken);
            var state = content is null ? null : GroupState.Read(content.Bytes.Span, id);
            if (state?.Counted.FirstOrDefault(counted => counted.Key == key) is { } counted)
            {
                return Told(counted);
            }

            // Only asked after the state was read: who takes a blob off the list has seen its record before.
            if (state is { Pruned: true } && await SettledMatches.ReadAsync(store.Blobs, key, cancellationToken) is { } settled)
            {
                return settled.Notifications().FirstOrDefault(notification => notification.Thread == id.Thread);
            }

            if (state?.Due + Lateness < time.GetUtcNow())
            {
                await EndWindowAsync(store, id, state!.Window, cancellationToken);
                continue;
            }

            var next = GroupCounting.Count(state, id, key, alerts, threshold, window, time.GetUtcNow());
            next = await PruneAsync(store, next, cancellationToken);
            if (next.Window != (state?.Window ?? 0))
            {
                // Before the window is open, so that no crash leaves one open without an end. A message too many does no harm.
                await SendAsync(new TimedMessage.WindowEnd(id, next.Window) { Store = store.Name }, window, cancellationToken);
            }

            if (await store.Blobs.ReplaceAsync(id.Blob, next.ToBytes(), content?.Version, cancellationToken) is not null)
            {
                return Told(next.Counted[^1]);
            }
        }
    }

    private static async Task<GroupState> PruneAsync(Store store, GroupState state, CancellationToken cancellationToken)
    {
        if (state.Counted.Count <= MaxCounted)
        {
            return state;
        }

        var kept = new List<CountedMatches>();
        foreach (var counted in state.Counted)
        {
            if (!await store.Blobs.ExistsAsync(SettledMatches.Blob(counted.Key), cancellationToken))
            {
                kept.Add(counted);
            }
        }

        return kept.Count == state.Counted.Count ? state : state with { Counted = kept, Pruned = true };
    }

    private async Task EndWindowAsync(Store store, GroupId id, long window, CancellationToken cancellationToken)
    {
        GroupClosing? sent = null;
        while (await store.Blobs.ReadAsync(id.Blob, cancellationToken) is { } content)
        {
            var state = GroupState.Read(content.Bytes.Span, id);
            var length = rules.Current.Find(id.Rule)?.Grouping.Window ?? options.GroupWindow;
            GroupState next;
            if (state.Closing is { } closing)
            {
                // Ours, or of somebody who did not come to the end: each step may be done again.
                if (sent?.Window != closing.Window)
                {
                    await SendAsync(new TimedMessage.WindowEnd(id, state.Window) { Store = store.Name }, Until(state.Due) ?? length, cancellationToken);
                    await fanout.SendAsync(store, id.SummaryKey(closing.Window), [GroupCounting.SummaryOf(state, id, closing)], cancellationToken);
                    sent = closing;
                }

                next = GroupCounting.Closed(state);
            }
            else if (state.Due is null || state.Window != window)
            {
                return;
            }
            else if (Until(state.Due) is { } left && left > TimeSpan.Zero)
            {
                // Another host's clock is ahead of ours.
                await SendAsync(new TimedMessage.WindowEnd(id, window) { Store = store.Name }, left, cancellationToken);
                return;
            }
            else
            {
                next = GroupCounting.Close(state, length, time.GetUtcNow());
            }

            await store.Blobs.ReplaceAsync(id.Blob, next.ToBytes(), content.Version, cancellationToken);
        }
    }

    /// <summary>Puts matches aside until it can be said that nothing followed them.</summary>
    private async Task WaitAsync(Store store, MatchesName matches, RuleWait wait, IReadOnlyList<Alert> alerts, CancellationToken cancellationToken)
    {
        var latest = alerts.Max(static alert => EventTimes.Read(alert.OccurredAt).ToDateTimeOffset());
        await SendAsync(
            new TimedMessage.WaitEnd(matches, alerts[0].Rule) { Store = store.Name }, latest + wait.Within - time.GetUtcNow(), cancellationToken);
    }

    private async Task EndWaitAsync(Store store, TimedMessage.WaitEnd end, CancellationToken cancellationToken)
    {
        var key = $"{end.Matches.Key}.{end.Rule}";
        if (await SettledMatches.ReadAsync(store.Blobs, key, cancellationToken) is { } settled)
        {
            await fanout.SendAsync(store, key, settled.Notifications(), cancellationToken);
            return;
        }

        if (await store.Blobs.ReadAsync(end.Matches.Blob, cancellationToken) is not { } content)
        {
            LogGone(end.Matches.Blob);
            return;
        }

        var wait = rules.Current.Find(end.Rule)?.Wait;
        var open = new List<Alert>();
        var ended = new List<string>();
        foreach (var alert in AlertLines.Read(content.Bytes).Where(alert => alert.Rule == end.Rule))
        {
            // A rule that was taken away meanwhile wants nothing told.
            if (wait is null || await findEnd(alert, wait, cancellationToken))
            {
                ended.Add(alert.Id.ToString());
            }
            else
            {
                open.Add(alert);
            }
        }

        var told = await CountAllAsync(store, key, open, cancellationToken);
        await fanout.SendAsync(store, key, await SettledMatches.SettleAsync(store.Blobs, key, told, ended, cancellationToken), cancellationToken);
        LogWaited(end.Matches.Key, end.Rule, ended.Count, open.Count);
    }

    private static Notification? Told(CountedMatches counted) =>
        counted.Told is { } line ? Notification.Read(Encoding.UTF8.GetBytes(line)) : null;

    private TimeSpan? Until(DateTimeOffset? due) => due - time.GetUtcNow();

    private Task SendAsync(TimedMessage message, TimeSpan delay, CancellationToken cancellationToken) =>
        queue.SendAsync(message.ToBytes(), delay < TimeSpan.Zero ? TimeSpan.Zero : delay > LongestDelay ? LongestDelay : delay, cancellationToken);

    [LoggerMessage(LogLevel.Warning, "The store {Store} does not answer; its groups of alerts wait, the next try is in {Wait}.")]
    private partial void LogStoreAway(Store store, TimeSpan wait, Exception exception);

    [LoggerMessage(LogLevel.Error, "{Blob} is gone before it could be said whether anything followed its alerts.")]
    private partial void LogGone(BlobName blob);

    [LoggerMessage(LogLevel.Debug, "Waited for what follows {Key} by the rule {Rule}: {Ended} ended, {Open} did not.")]
    private partial void LogWaited(string key, string rule, int ended, int open);
}
