namespace Trailgate.Tests.Support;

/// <summary>
/// A clock that moves only when a test says so. Timers fire inside <see cref="Advance"/>, on the calling thread, in the
/// order in which they are due, and each sees the clock at its own due time.
/// </summary>
public sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _utcNow = start.ToUniversalTime();
    private long _elapsedTicks;

    /// <summary>A clock that begins at 2026-11-22T06:00:00Z.</summary>
    public ManualTimeProvider()
        : this(new DateTimeOffset(2026, 11, 22, 6, 0, 0, TimeSpan.Zero))
    {
    }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers wait: for a test that must not advance before the code under test began to wait.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _utcNow;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _elapsedTicks;
        }
    }

    /// <summary>Sets the wall clock, as an administrator or NTP would, backwards too: timers and timestamps do not notice.</summary>
    public void SetUtcNow(DateTimeOffset value)
    {
        lock (_gate)
        {
            _utcNow = value.ToUniversalTime();
        }
    }

    /// <summary>Lets time pass, and fires what becomes due. Timers that callbacks start are served in the same call.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        long target;
        lock (_gate)
        {
            target = _elapsedTicks + by.Ticks;
        }

        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeDue(long target)
    {
        lock (_gate)
        {
            var next = _timers.MinBy(timer => timer.DueTicks);
            if (next is null || next.DueTicks > target)
            {
                MoveTo(target);
                return null;
            }

            MoveTo(next.DueTicks);
            if (next.PeriodTicks > 0)
            {
                next.DueTicks += next.PeriodTicks;
            }
            else
            {
                _timers.Remove(next);
            }

            return next;
        }
    }

    private void MoveTo(long elapsedTicks)
    {
        // A callback may itself have advanced the clock; it never runs backwards.
        if (elapsedTicks > _elapsedTicks)
        {
            _utcNow += TimeSpan.FromTicks(elapsedTicks - _elapsedTicks);
            _elapsedTicks = elapsedTicks;
        }
    }

    private bool Schedule(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (timer.Disposed)
            {
                return false;
            }

            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.DueTicks = _elapsedTicks + dueTime.Ticks;
                timer.PeriodTicks = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
                _timers.Add(timer);
            }
        }

        // A real timer that is due at once does not wait for the clock to move.
        if (dueTime == TimeSpan.Zero)
        {
            ThreadPool.QueueUserWorkItem(static clock => clock.Advance(TimeSpan.Zero), this, preferLocal: false);
        }

        return true;
    }

    private void Remove(ManualTimer timer)
    {
        lock (_gate)
        {
            timer.Disposed = true;
            _timers.Remove(timer);
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public long DueTicks { get; set; }

        public long PeriodTicks { get; set; }

        public bool Disposed { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Schedule(this, dueTime, period);

        public void Dispose() => clock.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
