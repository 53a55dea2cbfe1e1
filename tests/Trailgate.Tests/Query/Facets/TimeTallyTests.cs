using System.Globalization;
using Trailgate.Events;
using Trailgate.Query.Facets;

namespace Trailgate.Tests.Query.Facets;

public class TimeTallyTests
{
    [Theory]
    [InlineData("2026-11-22T05:00:00", "2026-11-22T07:00:00", 60)] // 120 minutes are 120 buckets
    [InlineData("2026-11-22T05:00:30", "2026-11-22T07:00:30", 300)] // and cut across they are 121
    [InlineData("2026-11-22T00:00:00", "2026-11-23T00:00:00", 900)]
    [InlineData("2026-11-22T00:00:00", "2026-11-27T00:00:00", 3600)]
    [InlineData("2026-11-01T00:00:00", "2026-11-16T00:00:00", 10800)]
    [InlineData("2026-11-01T00:00:00", "2026-12-01T00:00:00", 21600)]
    [InlineData("2026-08-01T00:00:00", "2026-10-30T00:00:00", 86400)]
    [InlineData("2026-01-01T00:00:00", "2027-01-01T00:00:00", 604800)]
    public void The_step_is_the_shortest_that_cuts_the_window_into_at_most_120(string from, string to, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), new TimeTally(new EventTime(Ticks(from)), new EventTime(Ticks(to))).ToFacet().Step);
    }

    [Fact]
    public void Without_a_window_it_is_that_of_the_events()
    {
        var tally = new TimeTally(null, null);
        tally.Add(Ticks("2026-11-22T05:00:59"), 1, 1);
        tally.Add(Ticks("2026-11-22T05:01:00"), 1, 0);
        tally.Add(Ticks("2026-11-22T08:00:00"), 3, 3);

        var facet = tally.ToFacet();

        Assert.Equal(TimeSpan.FromMinutes(5), facet.Step);
        Assert.Equal(
            [new TimeBucket(At("2026-11-22T05:00:00"), 2, 1), new TimeBucket(At("2026-11-22T08:00:00"), 3, 3)],
            facet.Buckets);
    }

    [Fact]
    public void Weeks_begin_on_Monday()
    {
        var tally = new TimeTally(new EventTime(Ticks("2026-01-01T00:00:00")), new EventTime(Ticks("2026-12-01T00:00:00")));
        tally.Add(Ticks("2026-11-22T23:59:59"), 1, 0); // a Sunday
        tally.Add(Ticks("2026-11-23T00:00:00"), 1, 0);

        Assert.Equal([At("2026-11-16T00:00:00"), At("2026-11-23T00:00:00")], tally.ToFacet().Buckets.Select(bucket => bucket.From));
    }

    [Fact]
    public void The_first_and_the_last_moment_that_there_can_be_are_counted()
    {
        var tally = new TimeTally(null, null);
        tally.Add(0, 1, 0);
        tally.Add(DateTime.MaxValue.Ticks, 1, 0);

        var buckets = tally.ToFacet().Buckets;

        Assert.Equal([1L, 1L], buckets.Select(bucket => bucket.Count));
    }

    private static DateTime At(string time) => DateTime.SpecifyKind(DateTime.Parse(time, CultureInfo.InvariantCulture), DateTimeKind.Utc);

    private static long Ticks(string time) => At(time).Ticks;
}
