using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Trailgate.Alerts.Rules;

/// <summary>Reloads rules in both hosts: in either of them matching is asked.</summary>
/// <param name="services">Asked here, not by parameters, because hosted services are made before settings are checked.</param>
internal sealed class RuleReloadService(IServiceProvider services) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        services.GetRequiredService<RuleReloader>().RunAsync(stoppingToken);
}
