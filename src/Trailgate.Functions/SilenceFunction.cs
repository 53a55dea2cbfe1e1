using Microsoft.Azure.Functions.Worker;
using Trailgate.Alerts.Silence;

namespace Trailgate.Functions;

/// <summary>Looks for what does not come. A look that is missed or doubled does no harm.</summary>
public sealed class SilenceFunction(SilenceWatch watch)
{
    [Function("SilenceWatch")]
    public Task RunAsync([TimerTrigger("%Trailgate:Alerts:WatchSchedule%")] TimerInfo timer, CancellationToken cancellationToken) =>
        watch.LookAsync(cancellationToken);
}
