using System.Runtime.CompilerServices;

namespace Trailgate.Storage;

/// <summary>Short forms over <see cref="IBlobStore"/>.</summary>
public static class BlobStoreExtensions
{
    /// <summary>Writes a blob that did not exist from memory. See <see cref="IBlobStore.PutAsync"/>.</summary>
    public static Task<PutResult> PutAsync(this IBlobStore store, BlobName name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        store.PutAsync(name, async (stream, token) => await stream.WriteAsync(content, token), cancellationToken);

    /// <summary>
    /// Writes a blob, or finds that it stands there with the same bytes: what an idempotent step needs. A retry is safe.
    /// </summary>
    /// <returns>False when another content stands under the name.</returns>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public static async Task<bool> PutOrCompareAsync(this IBlobStore store, BlobName name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (await store.PutAsync(name, content, cancellationToken) == PutResult.Created)
        {
            return true;
        }

        var existing = await store.ReadAsync(name, cancellationToken);
        return existing is not null && existing.Bytes.Span.SequenceEqual(content.Span);
    }

    /// <summary>Whether a blob is there.</summary>
    public static async Task<bool> ExistsAsync(this IBlobStore store, BlobName name, CancellationToken cancellationToken)
    {
        var stream = await store.OpenReadAsync(name, 0, 0, cancellationToken);
        if (stream is null)
        {
            return false;
        }

        await stream.DisposeAsync();
        return true;
    }

    /// <summary>The paths of a container that begin with a prefix, in ordinal order.</summary>
    public static async IAsyncEnumerable<string> ListPathsAsync(
        this IBlobStore store, string container, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in store.ListAsync(container, prefix, after: null, cancellationToken))
        {
            yield return entry.Name.Path;
        }
    }
}
