using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Trailgate.Benchmarks;

/// <summary>
/// The yardstick: Kestrel as the product sets it up, that drains a body and answers 202. Nothing can be kept faster
/// than this on the same machine.
/// </summary>
internal static class BareServer
{
    public static async Task RunAsync(string url, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        }).UseUrls(url);

        await using var app = builder.Build();
        app.Run(DrainAsync);
        await app.StartAsync(cancellationToken);
        Console.WriteLine($"The bare endpoint listens on {url}");
        await app.WaitForShutdownAsync(cancellationToken);
    }

    private static async Task DrainAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            var body = context.Request.BodyReader;
            while (true)
            {
                var read = await body.ReadAsync(context.RequestAborted);
                body.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentLength = 0;
    }
}
