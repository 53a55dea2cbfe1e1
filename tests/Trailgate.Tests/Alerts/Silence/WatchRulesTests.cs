using Trailgate.Alerts;
using Trailgate.Alerts.Silence;
using Trailgate.Events;
using Trailgate.Query;

namespace Trailgate.Tests.Alerts.Silence;

/// <summary>What the watch finds in the counters of several looks.</summary>
public sealed class WatchRulesTests
{
    private const string Growing = "queue growing";
    private const string Conservation = "conservation";

    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private WatchState _state = WatchState.Begin;

    [Fact]
    public void A_long_queue_that_grew_at_each_of_five_looks_is_told_of_until_it_does_not()
    {
        int[] lengths = [1_000, 1_010, 1_020, 1_030, 1_040, 1_050, 1_050];

        // From nothing to the first look it grew as well.
        Assert.Equal([false, false, false, false, true, true, false], lengths.Select(length => Look(Growing, Stats(queued: length))));
    }

    [Fact]
    public void A_short_queue_is_not_told_of_however_long_it_grows() =>
        Assert.All(Enumerable.Range(1, 20), length => Assert.False(Look(Growing, Stats(queued: length))));

    [Fact]
    public void A_long_queue_that_shrinks_now_and_then_is_not_told_of() =>
        Assert.All(Enumerable.Range(1, 20), look => Assert.False(Look(Growing, Stats(queued: look % 4 == 0 ? 1_500 : 2_000 + look))));

    [Fact]
    public void A_queue_that_can_not_be_read_says_nothing()
    {
        Assert.All(Enumerable.Range(1, 5), look => Look(Growing, Stats(queued: 1_000 * look)));

        Assert.Null(Look(Growing, Stats(queued: null)));
        Assert.True(Look(Growing, Stats(queued: 6_000)));
    }

    [Fact]
    public void Counters_that_do_not_add_up_at_two_looks_in_a_row_are_told_of_until_they_do()
    {
        bool[] balanced = [true, false, true, false, false, true];

        Assert.Equal([false, false, false, false, true, false], balanced.Select(one => Look(Conservation, Stats(archived: one ? 3 : 2))));
    }

    [Fact]
    public void Counters_of_two_moments_or_without_a_store_say_nothing()
    {
        Assert.Null(Look(Conservation, Stats(archived: 2, settled: false)));
        Assert.Null(Look(Conservation, Stats(archived: 2, unavailable: "eu")));
        Assert.False(Look(Conservation, Stats(archived: 2)));
    }

    /// <summary>What a look finds: wrong, right, or null for what stays as it was.</summary>
    private bool? Look(string name, StatsReport stats)
    {
        var before = _state;
        _state = WatchRules.Count(before, stats);
        return WatchRules.Check(before, _state, stats, new AlertOptions(), Noon).Single(found => found.Name == name).IsWrong;
    }

    /// <summary>Three items were received, and some archived.</summary>
    private static StatsReport Stats(int? queued = 0, long archived = 3, bool settled = true, params string[] unavailable) => new()
    {
        Stores =
        [
            new StoreReport
            {
                Name = "default",
                Regions = new Dictionary<Region, RegionStats> { [Region.Unknown] = new(3, archived, 0, 0, 0) },
                Settled = settled,
                WaitingBatches = 0,
                DamagedBatches = 0,
                OldestWaiting = null,
                LastNote = null,
            },
        ],
        Unavailable = unavailable,
        QueuedAlerts = queued,
    };
}
