using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trailgate.Hosting;

namespace Trailgate.Functions;

/// <summary>Shows, writes and deletes a saved view.</summary>
public sealed class ViewFunction(HttpEdge edge)
{
    [Function("View")]
    public Task RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "put", "delete", Route = "api/views/{name}")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.HandleAsync(request.HttpContext, cancellationToken);
}
