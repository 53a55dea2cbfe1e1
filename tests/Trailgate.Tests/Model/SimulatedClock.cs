namespace Trailgate.Tests.Model;

/// <summary>The clock of one process: wrong by as much as the schedule says, and never waited for.</summary>
internal sealed class SimulatedClock(Simulation simulation) : TimeProvider
{
    public TimeSpan Skew { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => simulation.Now + Skew;

    public override long GetTimestamp() => simulation.Now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("Nothing that is simulated waits for time.");
}
