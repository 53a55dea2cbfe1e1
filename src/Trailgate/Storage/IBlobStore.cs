namespace Trailgate.Storage;

/// <summary>
/// One storage account, or one directory. Everything that Trailgate keeps goes through here. What an implementation
/// promises is written as tests in <c>BlobStoreContract</c>.
/// </summary>
/// <remarks>
/// Faults of the store itself (disk full, network away, access refused) are thrown as <see cref="StorageException"/>;
/// what a caller must expect (exists already, is not there, was changed by another) is a return value.
/// Reads and listings see every write that returned before they began. <see cref="object.ToString"/> says where the store
/// is, for people, without any secret.
/// </remarks>
public interface IBlobStore
{
    /// <summary>
    /// Writes a blob that did not exist, all of it or nothing. When it returns, the blob survives a power cut. Of several
    /// writers of one name exactly one gets <see cref="PutResult.Created"/>.
    /// </summary>
    /// <param name="name">The blob.</param>
    /// <param name="write">
    /// Writes the content, in order, to a stream that can not seek. It may be called again when the store retries, so
    /// it must write the same bytes each time. It may not be called at all when the blob exists.
    /// </param>
    /// <param name="cancellationToken">Stops the writing; a cancelled put leaves the whole blob or none.</param>
    /// <exception cref="StorageException">The store could not do it. The blob may exist all the same: retry and compare.</exception>
    Task<PutResult> PutAsync(BlobName name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces a blob, if it is still the version that the caller read (compare-and-swap). Versions of one blob never
    /// come back: content that returns to an earlier state has a new version.
    /// </summary>
    /// <param name="name">The blob.</param>
    /// <param name="content">Its new content.</param>
    /// <param name="expectedVersion">The version that was read, or null when the blob must not exist yet.</param>
    /// <param name="cancellationToken">Stops the attempt; either version may stand afterwards.</param>
    /// <returns>The new version, or null when another writer came first: read again.</returns>
    /// <exception cref="StorageException">The store could not do it. Either version may stand: read again.</exception>
    Task<string?> ReplaceAsync(BlobName name, ReadOnlyMemory<byte> content, string? expectedVersion, CancellationToken cancellationToken);

    /// <summary>Reads a whole blob with its version; null when there is none. For blobs that fit into memory.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    Task<BlobContent?> ReadAsync(BlobName name, CancellationToken cancellationToken);

    /// <summary>
    /// Opens a range of a blob; null when there is no such blob. The stream ends early where the blob does.
    /// The blob may be deleted meanwhile: then the stream goes on, or throws <see cref="StorageException"/>.
    /// </summary>
    /// <param name="name">The blob.</param>
    /// <param name="offset">First byte, from 0.</param>
    /// <param name="length">How many bytes at most; null for all that follow.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken);

    /// <summary>Deletes a blob. False when there was none: also the answer when an earlier try was applied and its answer lost.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken);

    /// <summary>
    /// Lists the blobs of a container whose path begins with a prefix, by ordinal order of the path. A listing is no
    /// snapshot: blobs that come or go meanwhile may or may not be in it.
    /// </summary>
    /// <param name="container">The container; one that was never written to is empty.</param>
    /// <param name="prefix">Begin of the path, not only whole segments; empty for all.</param>
    /// <param name="after">Only paths that sort behind this one; null for all.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    IAsyncEnumerable<BlobEntry> ListAsync(string container, string prefix, string? after, CancellationToken cancellationToken);
}

/// <summary>What became of a write-once put.</summary>
public enum PutResult
{
    /// <summary>The blob is there now, by this call.</summary>
    Created,

    /// <summary>A blob of that name was there before and was left as it is: compare, equal content is success.</summary>
    AlreadyExists,
}

/// <summary>A blob's bytes and the version they are of.</summary>
/// <param name="Bytes">The content.</param>
/// <param name="Version">Opaque; for <see cref="IBlobStore.ReplaceAsync"/> only.</param>
public sealed record BlobContent(ReadOnlyMemory<byte> Bytes, string Version);

/// <summary>A line of a listing.</summary>
/// <param name="Name">The blob.</param>
/// <param name="Length">Its size in bytes.</param>
public readonly record struct BlobEntry(BlobName Name, long Length);
