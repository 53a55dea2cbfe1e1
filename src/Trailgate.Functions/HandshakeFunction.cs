using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trailgate.Hosting;

namespace Trailgate.Functions;

/// <summary>Tells senders that ask first whether they are welcome.</summary>
public sealed class HandshakeFunction(HttpEdge edge)
{
    [Function("Handshake")]
    public Task RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "options", Route = "api/events/{source?}")] HttpRequest request, CancellationToken cancellationToken) =>
        edge.HandleAsync(request.HttpContext, cancellationToken);
}
