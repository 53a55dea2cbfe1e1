using System.Globalization;
using Trailgate.Query;

namespace Trailgate.Alerts.Silence;

/// <summary>What the watch finds wrong with the pipeline itself, from its counters alone.</summary>
internal static class WatchRules
{
    /// <summary>From so many waiting messages on a queue that grows is told of.</summary>
    public const int ManyQueued = 1_000;

    /// <summary>After so many looks at which it grew.</summary>
    public const int LooksGrown = 5;

    /// <summary>The next state of what is counted over several looks.</summary>
    public static WatchState Count(WatchState state, StatsReport stats) => state with
    {
        Queued = stats.QueuedAlerts ?? state.Queued,
        Grown = stats.QueuedAlerts is not { } queued ? state.Grown : queued > state.Queued ? state.Grown + 1 : 0,
        Unbalanced = stats is { Settled: true, Balanced: false, Unavailable.Count: 0 },
    };

    /// <summary>What is wrong, by name; what stays unknown at this look is left as it was.</summary>
    public static IEnumerable<(string Name, bool? IsWrong, string Message)> Check(
        WatchState before, WatchState after, StatsReport stats, AlertOptions options, DateTimeOffset now)
    {
        foreach (var store in stats.Stores)
        {
            yield return (
                $"archive late: {store.Name}",
                store.OldestWaiting is { } age && age > options.ArchiveLate,
                string.Create(CultureInfo.InvariantCulture, $"Events wait for an archive run of the store {store.Name} for more than {options.ArchiveLate:c}. They are safe in its inbox."));
            yield return (
                $"ledger late: {store.Name}",
                store.LastNote is { } note && now - note.Time > options.LedgerLate,
                string.Create(CultureInfo.InvariantCulture, $"The ledger of the store {store.Name} has no new note for more than {options.LedgerLate:c}: archive runs do not come to their end."));
        }

        yield return (
            "queue growing",
            stats.QueuedAlerts is null ? null : after.Queued >= ManyQueued && after.Grown >= LooksGrown,
            string.Create(CultureInfo.InvariantCulture, $"The queue of alerts grew at each of the last {LooksGrown} looks and has about {after.Queued} messages: deliveries do not keep up."));

        // Twice, because a look may fall between the moves of a run that ended just then.
        yield return (
            "conservation",
            stats.Settled && stats.Unavailable.Count == 0 ? before.Unbalanced && after.Unbalanced : null,
            "The counters do not add up: what was received is not what was archived, is a duplicate, is in quarantine or in flight. GET /api/stats shows where.");
    }
}
