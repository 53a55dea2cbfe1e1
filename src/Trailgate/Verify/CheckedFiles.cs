using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>
/// A file store as a check reads it. What stands in the place of a blob and is no regular file is no blob: for a run it
/// would be a failure of the store, here it is a break that <see cref="StrayFiles"/> names. Nothing can be written.
/// </summary>
internal sealed class CheckedFiles(FileBlobStore files) : IBlobStore
{
    public Task<BlobContent?> ReadAsync(BlobName name, CancellationToken cancellationToken) =>
        UnlessForeignAsync(name, files.ReadAsync(name, cancellationToken));

    public Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken) =>
        UnlessForeignAsync(name, files.OpenReadAsync(name, offset, length, cancellationToken));

    public IAsyncEnumerable<BlobEntry> ListAsync(string container, string prefix, string? after, CancellationToken cancellationToken) =>
        files.ListAsync(container, prefix, after, cancellationToken);

    public Task<PutResult> PutAsync(BlobName name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) =>
        throw OnlyReads(name);

    public Task<string?> ReplaceAsync(BlobName name, ReadOnlyMemory<byte> content, string? expectedVersion, CancellationToken cancellationToken) =>
        throw OnlyReads(name);

    public Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken) => throw OnlyReads(name);

    public override string ToString() => files.ToString();

    private async Task<T?> UnlessForeignAsync<T>(BlobName name, Task<T?> reading)
        where T : class
    {
        try
        {
            return await reading;
        }
        catch (StorageException) when (IsForeign(name))
        {
            return null;
        }
    }

    private bool IsForeign(BlobName name)
    {
        var file = new FileInfo($"{files.Root}/{name}");
        return file.LinkTarget is not null || (file.Exists && !Posix.IsRegular(file.FullName));
    }

    private static NotSupportedException OnlyReads(BlobName name) => new($"A check only reads; it was about to write '{name}'.");
}
