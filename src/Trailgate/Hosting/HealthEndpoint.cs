using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Trailgate.Storage;

namespace Trailgate.Hosting;

/// <summary>The probes of an orchestrator. Both are open and say nothing that outsiders could use.</summary>
public sealed partial class HealthEndpoint(Stores stores, ILogger<HealthEndpoint> logger)
{
    private static readonly BlobName Plan = new(Containers.Inbox, "plan.json");

    /// <summary>The process answers. Restart it when this fails.</summary>
    public static Task LiveAsync(HttpContext context) => WriteAsync(context, "live");

    /// <summary>
    /// Every store is asked. <c>ready</c> when all answer; <c>degraded</c>, still with 200, when only some do: the process
    /// goes on for those, and taking it out of service would be their outage too. Send requests elsewhere while this fails;
    /// a restart would not help.
    /// </summary>
    /// <exception cref="StorageException">No store answers; the edge makes it a 503.</exception>
    public async Task ReadyAsync(HttpContext context)
    {
        var failures = await Task.WhenAll(stores.All.Select(store => AskAsync(store, context.RequestAborted)));
        var away = failures.Count(failure => failure is not null);
        if (away == failures.Length)
        {
            throw new StorageException("No store answers.", failures[0]);
        }

        await WriteAsync(context, away == 0 ? "ready" : "degraded");
    }

    private async Task<StorageException?> AskAsync(Store store, CancellationToken cancellationToken)
    {
        try
        {
            await store.Blobs.ReadAsync(Plan, cancellationToken);
            return null;
        }
        catch (StorageException e)
        {
            LogAway(store, e.Message);
            return e;
        }
    }

    private static Task WriteAsync(HttpContext context, string status)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync($$"""{"status":"{{status}}"}""", context.RequestAborted);
    }

    [LoggerMessage(LogLevel.Warning, "The store {Store} does not answer: {Reason}")]
    private partial void LogAway(Store store, string reason);
}
