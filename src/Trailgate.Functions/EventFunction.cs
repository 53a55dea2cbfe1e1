using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trailgate.Hosting;

namespace Trailgate.Functions;

/// <summary>Shows one event.</summary>
public sealed class EventFunction(HttpEdge edge)
{
    [Function("Event")]
    public Task RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/events/{id}")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.HandleAsync(request.HttpContext, cancellationToken);
}
