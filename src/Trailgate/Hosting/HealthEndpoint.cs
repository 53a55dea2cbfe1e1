using Microsoft.AspNetCore.Http;
using Trailgate.Storage;

namespace Trailgate.Hosting;

/// <summary>The probes of an orchestrator. Both are open and say nothing that outsiders could use.</summary>
public sealed class HealthEndpoint(IBlobStore store)
{
    private static readonly BlobName Plan = new(Containers.Inbox, "plan.json");

    /// <summary>The process answers. Restart it when this fails.</summary>
    public static Task LiveAsync(HttpContext context) => WriteOkAsync(context, "live");

    /// <summary>The storage answers. Send requests elsewhere while this fails; a restart would not help.</summary>
    /// <exception cref="StorageException">The storage does not answer; the edge makes it a 503.</exception>
    public async Task ReadyAsync(HttpContext context)
    {
        await store.ReadAsync(Plan, context.RequestAborted);
        await WriteOkAsync(context, "ready");
    }

    private static Task WriteOkAsync(HttpContext context, string status)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync($$"""{"status":"{{status}}"}""", context.RequestAborted);
    }
}
