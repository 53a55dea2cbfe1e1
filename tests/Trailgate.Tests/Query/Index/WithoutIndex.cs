using Trailgate.Storage;

namespace Trailgate.Tests.Query.Index;

/// <summary>A store as if nothing had ever been written to its index.</summary>
internal sealed class WithoutIndex(IBlobStore inner) : IBlobStore
{
    public Task<PutResult> PutAsync(BlobName name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) => inner.PutAsync(name, write, cancellationToken);

    public Task<string?> ReplaceAsync(BlobName name, ReadOnlyMemory<byte> content, string? expectedVersion, CancellationToken cancellationToken) =>
        inner.ReplaceAsync(name, content, expectedVersion, cancellationToken);

    public Task<BlobContent?> ReadAsync(BlobName name, CancellationToken cancellationToken) =>
        name.Container == Containers.Index ? Task.FromResult<BlobContent?>(null) : inner.ReadAsync(name, cancellationToken);

    public Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken) =>
        name.Container == Containers.Index ? Task.FromResult<Stream?>(null) : inner.OpenReadAsync(name, offset, length, cancellationToken);

    public Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken) => inner.DeleteAsync(name, cancellationToken);

    public IAsyncEnumerable<BlobEntry> ListAsync(string container, string prefix, string? after, CancellationToken cancellationToken) =>
        inner.ListAsync(container, prefix, after, cancellationToken);
}
