namespace Trailgate.Alerts;

/// <summary>
/// When a failed delivery is tried again. The waits are the first of Standard Webhooks 1.0.0: 5 s, 5 min, 30 min, 2 h, 5 h,
/// 10 h, each up to a fifth longer by chance, so that what failed together does not come back together: seven tries
/// within 17.6 to 21.1 hours.
/// </summary>
/// <param name="random">Gives numbers from 0 to below 1.</param>
internal sealed class RetrySchedule(Func<double> random)
{
    /// <summary>Tries in all, the first included.</summary>
    public const int MaxAttempts = 7;

    /// <summary>Longest wait that a receiver may ask for by Retry-After.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(24);

    private const double Jitter = 0.2;

    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10),
    ];

    /// <summary>How long to wait after a failed try, counted from 1; null when it was the last.</summary>
    public TimeSpan? WaitAfter(int attempt, TimeSpan? retryAfter)
    {
        if (attempt >= MaxAttempts)
        {
            return null;
        }

        var wait = Waits[attempt - 1] * (1 + Jitter * random());
        return retryAfter is not { } asked || asked <= wait ? wait : asked < MaxRetryAfter ? asked : MaxRetryAfter;
    }
}
