using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trailgate.Hosting;

namespace Trailgate.Functions;

/// <summary>Tells the story of one request.</summary>
public sealed class StoryFunction(HttpEdge edge)
{
    [Function("Story")]
    public Task RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/stories/{correlationId}")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.HandleAsync(request.HttpContext, cancellationToken);
}
