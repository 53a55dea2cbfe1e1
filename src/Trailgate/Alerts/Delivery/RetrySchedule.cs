namespace Trailgate.Alerts.Delivery;

/// <summary>
/// When a failed delivery is tried again: after 5 seconds, then each time twice as long, at most 4 hours, each wait up to a
/// fifth shorter by chance, so that what failed together does not come back together. The last try is 24 hours after the
/// first.
/// </summary>
/// <param name="random">Gives numbers from 0 to below 1.</param>
internal sealed class RetrySchedule(Func<double> random)
{
    /// <summary>How long after the first try the last one is made. A receiver can not put it off any further.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromHours(24);

    /// <summary>More tries than fit into <see cref="Span"/>.</summary>
    public const int MaxAttempts = 64;

    private const double Jitter = 0.2;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(4);

    /// <summary>How long to wait after a failed try; null when it was the last.</summary>
    /// <param name="attempt">Which try it was, from 1.</param>
    /// <param name="elapsed">Time since the first.</param>
    /// <param name="retryAfter">How long the receiver asked to be left alone, if it did.</param>
    public TimeSpan? WaitAfter(int attempt, TimeSpan elapsed, TimeSpan? retryAfter)
    {
        // Negative when the clock that noted the first try was ahead of this one.
        var left = elapsed > TimeSpan.Zero ? Span - elapsed : Span;
        if (left <= TimeSpan.Zero || attempt >= MaxAttempts)
        {
            return null;
        }

        var doubled = attempt > 12 ? Longest : First * Math.Pow(2, attempt - 1);
        var wait = (doubled < Longest ? doubled : Longest) * (1 - Jitter * random());
        wait = retryAfter > wait ? retryAfter.Value : wait;
        return wait < left ? wait : left;
    }
}
