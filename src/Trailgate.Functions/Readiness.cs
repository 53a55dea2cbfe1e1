using Microsoft.Extensions.Hosting;
using Trailgate.Alerts;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Silence;
using Trailgate.Archive;
using Trailgate.Hosting;

namespace Trailgate.Functions;

/// <summary>
/// Makes all that functions need before the first is called, stores and queue opened. Made for an invocation instead, what
/// fails to open would fail outside the edge, and its caller would get an empty 200.
/// </summary>
/// <param name="services">Asked here, not by parameters, because hosted services are made before settings are checked.</param>
internal sealed class Readiness(IServiceProvider services) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var needed in new[] { typeof(HttpEdge), typeof(Archiver), typeof(AlertDelivery), typeof(SilenceWatch) })
        {
            _ = services.GetService(needed) ?? throw new InvalidOperationException($"{needed.Name} is not registered.");
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
