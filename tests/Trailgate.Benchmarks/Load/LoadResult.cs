using System.Globalization;

namespace Trailgate.Benchmarks.Load;

/// <summary>What a load run saw. One thread writes its own; the run adds them up.</summary>
internal sealed class LoadResult
{
    private long _eventsAnswered;

    /// <summary>How long the generator sent.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>202 answers within that time.</summary>
    public long Requests { get; private set; }

    /// <summary>Events of these requests.</summary>
    public long Events { get; private set; }

    /// <summary>From the first byte sent to the last received, of all 202 answers.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Answers other than 202.</summary>
    public long Refused { get; private set; }

    /// <summary>Events that a 202 did not count as accepted, though it gives a count.</summary>
    public long NotAccepted { get; private set; }

    /// <summary>Connections lost before the answer.</summary>
    public long Lost { get; set; }

    /// <summary>Requests without an answer when the time to wait for them was over.</summary>
    public long Unanswered { get; set; }

    /// <summary>The first answer that was not what it should be.</summary>
    public string? FirstProblem { get; set; }

    public double RequestsPerSecond => Requests / Elapsed.TotalSeconds;

    public double EventsPerSecond => Events / Elapsed.TotalSeconds;

    /// <summary>What was not as it must be, for people; null when everything was answered, with 202, and accepted.</summary>
    public string? Shortcomings => (Refused, NotAccepted, Lost, Unanswered) == (0, 0, 0, 0) ? null : string.Create(CultureInfo.InvariantCulture,
        $"NOT CLEAN: {Refused:N0} answers other than 202, {NotAccepted:N0} events in a 202 not accepted, {Lost:N0} connections lost, {Unanswered:N0} requests unanswered. First: {FirstProblem ?? "-"}");

    /// <summary>Events with a 202 so far; may be read while the run goes on.</summary>
    public long EventsAnswered => Volatile.Read(ref _eventsAnswered);

    public void Take(AnswerReader answer, int events, TimeSpan latency, bool isInTime)
    {
        if (answer.Status != 202)
        {
            Refused++;
            FirstProblem ??= answer.Text;
            return;
        }

        Latency.Add(latency);
        Volatile.Write(ref _eventsAnswered, _eventsAnswered + events);
        if (isInTime)
        {
            Requests++;
            Events += events;
        }

        if (answer.Accepted is { } accepted && accepted != events)
        {
            NotAccepted += events - accepted;
            FirstProblem ??= answer.Text;
        }
    }

    public void Add(LoadResult other)
    {
        Requests += other.Requests;
        Events += other.Events;
        Latency.Add(other.Latency);
        Refused += other.Refused;
        NotAccepted += other.NotAccepted;
        Lost += other.Lost;
        Unanswered += other.Unanswered;
        FirstProblem ??= other.FirstProblem;
        _eventsAnswered += other._eventsAnswered;
    }
}
