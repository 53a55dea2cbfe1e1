using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trailgate.Hosting;

namespace Trailgate.Functions;

/// <summary>The probe of the storage.</summary>
public sealed class ReadyFunction(HttpEdge edge)
{
    [Function("HealthReady")]
    public Task RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/ready")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.HandleAsync(request.HttpContext, cancellationToken);
}
