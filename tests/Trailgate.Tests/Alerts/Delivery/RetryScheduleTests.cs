using FsCheck;
using Trailgate.Alerts;
using Trailgate.Alerts.Delivery;

namespace Trailgate.Tests.Alerts.Delivery;

public sealed class RetryScheduleTests
{
    [Fact]
    public void Waits_double_from_5_seconds_to_4_hours_when_chance_takes_nothing()
    {
        var schedule = new RetrySchedule(() => 0);

        // 5 s * 2^11 = 10,240 s; twice that is more than 4 hours.
        Assert.Equal(
            [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240, 14400, 14400],
            Enumerable.Range(1, 14).Select(attempt => schedule.WaitAfter(attempt, TimeSpan.Zero, null)!.Value.TotalSeconds));
    }

    [Fact]
    public void Chance_takes_up_to_a_fifth()
    {
        Assert.Equal(4.5, new RetrySchedule(() => 0.5).WaitAfter(1, TimeSpan.Zero, null)!.Value.TotalSeconds, 6);
        Assert.Equal(11_520, new RetrySchedule(() => 1).WaitAfter(13, TimeSpan.Zero, null)!.Value.TotalSeconds, 6);
    }

    [Theory]
    [InlineData(1, 3, 5)]
    [InlineData(1, 60, 60)]
    [InlineData(5, 60, 80)]
    [InlineData(1, 86_400, 82_800)]
    [InlineData(1, 900_000, 82_800)]
    [InlineData(1, -5, 5)]
    public void A_receiver_may_ask_for_more_time_up_to_the_last_try_and_never_for_less(int attempt, int asked, int expected) =>
        Assert.Equal(expected, new RetrySchedule(() => 0).WaitAfter(attempt, TimeSpan.FromHours(1), TimeSpan.FromSeconds(asked))!.Value.TotalSeconds);

    /// <summary>So a receiver that is down for 20 hours gets everything, and one that is down for 26 nothing.</summary>
    [Fact]
    public void A_clock_that_was_ahead_puts_nothing_off_by_more_than_a_day() =>
        Assert.Equal(TimeSpan.FromHours(24), new RetrySchedule(() => 0).WaitAfter(1, TimeSpan.FromDays(-400), TimeSpan.FromDays(30)));

    [Fact]
    public void The_last_try_is_24_hours_after_the_first_whatever_chance_and_receiver_say() => Prop.ForAll<NonEmptyArray<byte>, byte[]>((chances, asked) =>
    {
        var tries = 0;
        var schedule = new RetrySchedule(() => chances.Get[tries % chances.Get.Length] / 256.0);
        var elapsed = TimeSpan.Zero;
        while (schedule.WaitAfter(++tries, elapsed, asked is { Length: > 0 } ? TimeSpan.FromMinutes(asked[tries % asked.Length]) : null) is { } wait)
        {
            Assert.True(wait > TimeSpan.Zero && tries < RetrySchedule.MaxAttempts);
            elapsed += wait;
        }

        Assert.Equal(RetrySchedule.Span, elapsed);
    }).QuickCheckThrowOnFailure();
}
