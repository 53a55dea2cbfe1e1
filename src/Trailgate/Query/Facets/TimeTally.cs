using System.Runtime.InteropServices;
using Trailgate.Events;

namespace Trailgate.Query.Facets;

/// <summary>
/// Counts events by time, in the shortest step that cuts the window into at most 120 buckets. Where the window is open, it is that of the
/// events; it only grows, and each step is a multiple of those before, so buckets are joined and never split.
/// </summary>
internal sealed class TimeTally
{
    /// <summary>Most buckets.</summary>
    public const int MaxBuckets = 120;

    private const int WeekStep = 7;
    private static readonly int[] StepMinutes = [1, 5, 15, 60, 180, 360, 1440, 10080];

    private readonly Dictionary<long, (long Count, long Failures)> _buckets = [];
    private int _stepNumber;
    private long _first;
    private long _last;
    private bool _isOpen = true;

    public TimeTally(EventTime? from, EventTime? to)
    {
        if (from is { } start)
        {
            Widen(start.Ticks);
        }

        if (to is { Ticks: > 0 } end)
        {
            Widen(end.Ticks - (end.Nanoseconds > 0 ? 0 : 1));
        }
    }

    // Beyond weeks it goes on doubling: events of a thousand years are asked for by mistake, and answered all the same.
    private long Step => TimeSpan.TicksPerMinute
        * (_stepNumber <= WeekStep ? StepMinutes[_stepNumber] : (long)StepMinutes[WeekStep] << (_stepNumber - WeekStep));

    /// <summary>Adds events that happened in the same minute.</summary>
    public void Add(long ticks, long count, long failures)
    {
        Widen(ticks);
        ref var bucket = ref CollectionsMarshal.GetValueRefOrAddDefault(_buckets, ticks / Step, out _);
        bucket = (bucket.Count + count, bucket.Failures + failures);
    }

    public TimeFacet ToFacet() => new(
        TimeSpan.FromTicks(Step),
        [.. _buckets.OrderBy(static pair => pair.Key).Select(pair => new TimeBucket(new DateTime(pair.Key * Step, DateTimeKind.Utc), pair.Value.Count, pair.Value.Failures))]);

    private void Widen(long ticks)
    {
        _first = _isOpen ? ticks : Math.Min(_first, ticks);
        _last = _isOpen ? ticks : Math.Max(_last, ticks);
        _isOpen = false;
        if (_last / Step - _first / Step < MaxBuckets)
        {
            return;
        }

        var before = Step;
        while (_last / Step - _first / Step >= MaxBuckets)
        {
            _stepNumber++;
        }

        var joined = _buckets.ToArray();
        _buckets.Clear();
        foreach (var (bucket, (count, failures)) in joined)
        {
            ref var wider = ref CollectionsMarshal.GetValueRefOrAddDefault(_buckets, bucket * before / Step, out _);
            wider = (wider.Count + count, wider.Failures + failures);
        }
    }
}
