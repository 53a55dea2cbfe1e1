using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Trailgate.Archive;

/// <summary>
/// Runs the archiver on its schedule in the standalone host; Functions has its own timer. Runs do not overlap: a long one
/// skips the times that it covers. A run that fails is repeated at the next time.
/// </summary>
public sealed partial class ArchiveService(
    Archiver archiver, IOptions<ArchiveOptions> options, TimeProvider time, ILogger<ArchiveService> logger) : BackgroundService
{
    // Timers take no more than about 49 days.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!ArchiveSchedule.TryParse(options.Value.Schedule, out var schedule, out var error))
        {
            throw new InvalidOperationException($"{ArchiveOptions.Section}:Schedule: {error}");
        }

        while (await WaitForNextAsync(schedule, stoppingToken))
        {
            await RunOnceAsync(stoppingToken);
        }
    }

    /// <summary>False when the service stops, or the schedule has no further time.</summary>
    private async Task<bool> WaitForNextAsync(ArchiveSchedule schedule, CancellationToken stoppingToken)
    {
        if (schedule.Next(time.GetUtcNow()) is not { } next)
        {
            return false;
        }

        try
        {
            for (var left = next - time.GetUtcNow(); left > TimeSpan.Zero; left = next - time.GetUtcNow())
            {
                await Task.Delay(left < LongestWait ? left : LongestWait, time, stoppingToken);
            }

            return true;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task RunOnceAsync(CancellationToken stoppingToken)
    {
        var start = time.GetTimestamp();
        try
        {
            var done = await archiver.RunAsync(stoppingToken);
            if (done.Batches > 0 || done.Damaged > 0)
            {
                LogRun(done, Math.Round(time.GetElapsedTime(start).TotalSeconds, 1));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped();
        }
        catch (Exception e)
        {
            // The edge of the timer: the next time comes as planned, and the archiver has raised the alert.
            LogFailed(e is ArchiveFailedException failed ? string.Join(", ", failed.Failures.Select(failure => failure.Store)) : e.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Summary}, in {Seconds} s.")]
    private partial void LogRun(ArchiveSummary summary, double seconds);

    [LoggerMessage(LogLevel.Information, "The archive run was stopped; the next one goes on where it was.")]
    private partial void LogStopped();

    [LoggerMessage(LogLevel.Warning, "The archive run failed ({Failure}); it is repeated at its next time.")]
    private partial void LogFailed(string failure);
}
