using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Archive;

namespace Trailgate.Alerts.Silence;

/// <summary>Looks by its schedule in the standalone host; Functions have a timer for it.</summary>
/// <param name="services">Asked here, not by parameters, because hosted services are made before settings are checked.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class SilenceService(IServiceProvider services, TimeProvider time, ILogger<SilenceService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var options = services.GetRequiredService<IOptions<AlertOptions>>().Value;
        var watch = services.GetRequiredService<SilenceWatch>();
        if (!ArchiveSchedule.TryParse(options.WatchSchedule, out var schedule, out _))
        {
            return; // checked at the start
        }

        try
        {
            while (schedule.Next(time.GetUtcNow()) is { } next)
            {
                await Task.Delay(next - time.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero, time, stoppingToken);
                await LookOnceAsync(watch, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task LookOnceAsync(SilenceWatch watch, CancellationToken stoppingToken)
    {
        try
        {
            await watch.LookAsync(stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // The edge of the timer: the next look comes as planned.
            LogFailed(e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The watch for silence could not look; it looks again at its next time.")]
    private partial void LogFailed(Exception exception);
}
