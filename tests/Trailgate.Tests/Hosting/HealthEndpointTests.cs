using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Hosting;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Hosting;

public sealed class HealthEndpointTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_store_that_hangs_counts_as_away_after_two_seconds()
    {
        var health = new HealthEndpoint(
            new Stores(OneStore.Over(new MemoryBlobStore()), new Store("eu", new HangingStore())), _time, NullLogger<HealthEndpoint>.Instance);
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };

        var answered = health.ReadyAsync(context);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(answered.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await answered;

        Assert.Equal("""{"status":"degraded"}""", System.Text.Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray()));
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
