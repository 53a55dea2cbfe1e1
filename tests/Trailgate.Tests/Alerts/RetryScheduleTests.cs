using Trailgate.Alerts;

namespace Trailgate.Tests.Alerts;

public sealed class RetryScheduleTests
{
    // Standard Webhooks 1.0.0, in seconds; attempts 2 to 7.
    private static readonly double[] Waits = [5, 300, 1800, 7200, 18000, 36000];

    [Fact]
    public void Waits_are_those_of_the_specification_when_chance_adds_nothing()
    {
        var schedule = new RetrySchedule(() => 0);

        Assert.Equal(Waits, Enumerable.Range(1, 6).Select(attempt => schedule.WaitAfter(attempt, null)!.Value.TotalSeconds));
    }

    [Fact]
    public void Chance_adds_up_to_a_fifth()
    {
        Assert.Equal(5.5, new RetrySchedule(() => 0.5).WaitAfter(1, null)!.Value.TotalSeconds, 6);
        Assert.Equal(43200, new RetrySchedule(() => 1).WaitAfter(6, null)!.Value.TotalSeconds, 6);
    }

    [Fact]
    public void After_the_seventh_try_there_is_no_other() =>
        Assert.Null(new RetrySchedule(() => 0).WaitAfter(7, TimeSpan.FromSeconds(1)));

    [Theory]
    [InlineData(1, 3, 5)]
    [InlineData(1, 60, 60)]
    [InlineData(3, 60, 1800)]
    [InlineData(1, 86_400, 86_400)]
    [InlineData(1, 900_000, 86_400)]
    [InlineData(1, -5, 5)]
    public void A_receiver_may_ask_for_more_time_up_to_a_day_and_never_for_less(int attempt, int asked, int expected) =>
        Assert.Equal(expected, new RetrySchedule(() => 0).WaitAfter(attempt, TimeSpan.FromSeconds(asked))!.Value.TotalSeconds);
}
