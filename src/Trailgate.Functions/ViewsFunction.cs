using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trailgate.Hosting;

namespace Trailgate.Functions;

/// <summary>Lists the saved views.</summary>
public sealed class ViewsFunction(HttpEdge edge)
{
    [Function("Views")]
    public Task RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/views")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.HandleAsync(request.HttpContext, cancellationToken);
}
