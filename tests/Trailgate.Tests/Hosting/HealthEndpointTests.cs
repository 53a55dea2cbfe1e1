using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Alerts.Rules;
using Trailgate.Hosting;
using Trailgate.Ingest;
using Trailgate.Storage;
using Trailgate.Tests.Ingest;
using Trailgate.Tests.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Hosting;

public sealed class HealthEndpointTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_store_that_hangs_counts_as_away_after_two_seconds()
    {
        var stores = new Stores(OneStore.Over(new MemoryBlobStore()), new Store("eu", new HangingStore()));
        var alerts = new AlertDispatcher(stores, new MemoryMessageQueue(_time), RuleSet.Default, _time, NullLogger<AlertDispatcher>.Instance);
        using var inboxes = new Inboxes(stores, alerts, Options.Create(new IngestOptions()), _time, NullLogger<Inbox>.Instance);
        var health = new HealthEndpoint(stores, inboxes, _time, NullLogger<HealthEndpoint>.Instance);
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };

        var answered = health.ReadyAsync(context);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(answered.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await answered;

        Assert.Equal("""{"status":"degraded"}""", System.Text.Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray()));
    }

    /// <summary>A full disk, or one that the system made read-only.</summary>
    [Fact]
    public async Task A_store_that_answers_and_takes_nothing_is_not_ready_until_it_takes_something()
    {
        var store = new MemoryBlobStore();
        await using var server = await IngestServer.StartAsync(store, new MemoryMessageQueue(_time));
        Assert.Equal(202, (await server.PostAsync(Bodies.Event())).Status);

        store.Before = call => _ = call.Operation is BlobOperation.Put or BlobOperation.Replace ? throw new StorageException("The disk is full.") : 0;
        Assert.Equal(503, (await server.PostAsync(Bodies.Event())).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync(server));

        store.Before = null;
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(server));
        Assert.DoesNotContain(store.Blobs, blob => blob.Key.Path.Contains("trial", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_the_store_takes_what_comes_a_probe_writes_nothing()
    {
        var store = new MemoryBlobStore();
        await using var server = await IngestServer.StartAsync(store, new MemoryMessageQueue(_time));
        store.Before = static call => _ = call.Operation == BlobOperation.Read ? 0 : throw new StorageException("A probe may only read.");

        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(server));
    }

    private static async Task<HttpStatusCode> ReadyAsync(IngestServer server)
    {
        using var response = await server.Client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return response.StatusCode;
    }

    /// <summary>Never answers, and gives up when it is told to.</summary>
    private sealed class HangingStore : IBlobStore
    {
        public Task<PutResult> PutAsync(BlobName name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) =>
            HangAsync<PutResult>(cancellationToken);

        public Task<string?> ReplaceAsync(BlobName name, ReadOnlyMemory<byte> content, string? expectedVersion, CancellationToken cancellationToken) =>
            HangAsync<string?>(cancellationToken);

        public Task<BlobContent?> ReadAsync(BlobName name, CancellationToken cancellationToken) => HangAsync<BlobContent?>(cancellationToken);

        public Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken) =>
            HangAsync<Stream?>(cancellationToken);

        public Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken) => HangAsync<bool>(cancellationToken);

        public IAsyncEnumerable<BlobEntry> ListAsync(string container, string prefix, string? after, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        private static Task<T> HangAsync<T>(CancellationToken cancellationToken)
        {
            var never = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            cancellationToken.Register(() => never.TrySetCanceled(cancellationToken));
            return never.Task;
        }
    }
}
