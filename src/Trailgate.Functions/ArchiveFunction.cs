using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Trailgate.Archive;

namespace Trailgate.Functions;

/// <summary>
/// Archives what waits in the inbox. A run takes all that is there, so one run catches up however many were missed; two at
/// once end in the same content, and one that is cut off goes on in the next.
/// </summary>
public sealed partial class ArchiveFunction(Archiver archiver, ILogger<ArchiveFunction> logger)
{
    [Function("ArchiveRun")]
    public async Task RunAsync([TimerTrigger("%Trailgate:Archive:Schedule%")] TimerInfo timer, CancellationToken cancellationToken)
    {
        if (timer.IsPastDue)
        {
            LogPastDue();
        }

        // The archiver logs a failure and raises an alert; thrown on, it marks the invocation as failed.
        LogRun(await archiver.RunAsync(cancellationToken));
    }

    [LoggerMessage(LogLevel.Information, "Runs were missed; this one archives what they left.")]
    private partial void LogPastDue();

    [LoggerMessage(LogLevel.Information, "{Summary}.")]
    private partial void LogRun(ArchiveSummary summary);
}
