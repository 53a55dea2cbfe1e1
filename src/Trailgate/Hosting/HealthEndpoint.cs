using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Trailgate.Ingest;
using Trailgate.Storage;

namespace Trailgate.Hosting;

/// <summary>The probes of an orchestrator. Both are open and say nothing that outsiders could use.</summary>
public sealed partial class HealthEndpoint(Stores stores, Inboxes inboxes, TimeProvider time, ILogger<HealthEndpoint> logger)
{
    /// <summary>Bytes of the trial: a disk that is full has no room for them, and what a probe costs stays small.</summary>
    private const int TrialBytes = 64 * 1024;

    // Probes give up after a few seconds: a store that hangs must not look like a process that does.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly BlobName Plan = new(Containers.Inbox, "plan.json");
    private static readonly BlobName Trial = new(Containers.Alerts, "ready-trial");

    /// <summary>The process answers. Restart it when this fails.</summary>
    public static Task LiveAsync(HttpContext context) => WriteAsync(context, "live");

    /// <summary>
    /// Every store is asked, for two seconds at most: it must answer, and when it did not take the last batch, it must take a
    /// trial. <c>ready</c> when all do; <c>degraded</c>, still with 200, when only some do: the process goes on for those, and
    /// taking it out of service would be their outage too. Send requests elsewhere while this fails; a restart would not help.
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
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await store.Blobs.ReadAsync(Plan, either.Token);
            if (inboxes.IsFailing(store))
            {
                await TryWritingAsync(store.Blobs, either.Token);
            }

            return null;
        }
        catch (StorageException e)
        {
            LogAway(store, e.Message);
            return e;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            LogAway(store, "it takes its time.");
            return new StorageException($"The store '{store}' did not answer in time.", e);
        }
    }

    // A disk that is full, or that the system made read-only after a fault, still answers who reads. Not done on every
    // probe: they are open to everybody, and writes cost money in some stores.
    private static async Task TryWritingAsync(IBlobStore store, CancellationToken cancellationToken)
    {
        var before = await store.ReadAsync(Trial, cancellationToken);
        // Null when another process came in between with its own trial: the store took that one.
        await store.ReplaceAsync(Trial, new byte[TrialBytes], before?.Version, cancellationToken);
        await store.DeleteAsync(Trial, cancellationToken);
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
