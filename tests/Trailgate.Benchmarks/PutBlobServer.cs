using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Trailgate.Benchmarks;

/// <summary>
/// What one would write first: an endpoint that puts each body as a blob of its own and then answers 202. It checks,
/// changes and groups nothing.
/// </summary>
internal static class PutBlobServer
{
    private const string Container = "plain";

    public static async Task RunAsync(string url, string connection, CancellationToken cancellationToken)
    {
        var container = new BlobContainerClient(connection, Container);
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        }).UseUrls(url);

        await using var app = builder.Build();
        app.Run(context => PutAsync(context, container));
        await app.StartAsync(cancellationToken);
        Console.WriteLine($"The plain endpoint listens on {url}");
        await app.WaitForShutdownAsync(cancellationToken);
    }

    private static async Task PutAsync(HttpContext context, BlobContainerClient container)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            body.Position = 0;
            var blob = container.GetBlockBlobClient(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N"));
            await blob.UploadAsync(body, new BlobUploadOptions(), CancellationToken.None);
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentLength = 0;
    }
}
