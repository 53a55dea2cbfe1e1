using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Trailgate.Storage;

namespace Trailgate.Azure;

/// <summary>
/// A blob store in a storage account: containers are its containers, blobs are block blobs. Any number of processes may
/// use one account at once. For accounts without a hierarchical namespace.
/// </summary>
/// <remarks>
/// <para>The client tries a failed request again. A try whose answer was lost may have been applied, and then the next one
/// is refused by what it wrote itself. So each write carries an id of its own in the blob's metadata, and a write that is
/// refused after more than one try asks whose blob stands there.</para>
/// <para>Content of up to <see cref="UploadStream.BlockBytes"/> is one Put Blob; longer content is staged in blocks, which
/// nobody sees, and committed by a Put Block List. What a writer that failed has staged goes away by itself within a week.</para>
/// <para>Containers are made before the first use (<see cref="PrepareAsync"/>). One that is not there later was taken away
/// with all that was in it: to call it empty would be a lie that an archive run builds on.</para>
/// </remarks>
public sealed class AzureBlobStore(AzureAccount account) : IBlobStore
{
    /// <summary>Metadata that names the write a blob came from.</summary>
    internal const string WriteId = "trailgatewrite";

    private readonly BlobServiceClient _service = account.Blobs;

    /// <summary>For tests: entries of one page of a listing; null leaves it to the service, which gives 5,000.</summary>
    internal int? PageSize { get; init; }

    /// <summary>Makes the containers that are missing. Safe to repeat, and to do from several processes at once.</summary>
    /// <exception cref="StorageException">The account can not be used; the message says why.</exception>
    public Task PrepareAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Containers.All.Select(container => EnsureAsync(_service.GetBlobContainerClient(container), cancellationToken)));

    /// <summary>The account.</summary>
    public override string ToString() => account.Name;

    /// <inheritdoc />
    public async Task<PutResult> PutAsync(BlobName name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var blob = BlobOf(name);
        var writeId = NewId();
        var content = new UploadStream(blob, name, writeId, cancellationToken);
        try
        {
            await write(content, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            return await CreateAsync(blob, name, content, writeId, cancellationToken);
        }
        finally
        {
            content.Release();
        }
    }

    /// <inheritdoc />
    public async Task<string?> ReplaceAsync(BlobName name, ReadOnlyMemory<byte> content, string? expectedVersion, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var blob = BlobOf(name);
        var writeId = NewId();
        var upload = new BlobUploadOptions
        {
            Conditions = expectedVersion is null
                ? new BlobRequestConditions { IfNoneMatch = ETag.All }
                : new BlobRequestConditions { IfMatch = new ETag(expectedVersion) },
            Metadata = MetadataOf(writeId),
        };
        var tries = new TryCounter();
        try
        {
            using (tries.Begin())
            {
                var body = BinaryData.FromBytes(content).ToStream();
                return VersionOf((await blob.UploadAsync(body, upload, cancellationToken)).Value.ETag);
            }
        }
        catch (RequestFailedException e) when (IsConflict(e) && !tries.Repeated)
        {
            return null;
        }
        catch (Exception e) when (AzureFault.Is(e, cancellationToken))
        {
            // Refused or failed in the end, and an earlier try may have been applied. What stands there tells, unless
            // another writer has replaced that too: then nobody knows, and the caller must read again.
            return await PropertiesOfAsync(blob, name, cancellationToken) is { } stored && IsOf(stored, writeId)
                ? VersionOf(stored.ETag)
                : throw AzureFault.Wrap($"replace {name}", e);
        }
    }

    /// <inheritdoc />
    public async Task<BlobContent?> ReadAsync(BlobName name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var result = (await BlobOf(name).DownloadContentAsync(cancellationToken)).Value;
            return new BlobContent(result.Content.ToMemory(), VersionOf(result.Details.ETag));
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
        catch (Exception e) when (AzureFault.Is(e, cancellationToken))
        {
            throw AzureFault.Wrap($"read {name}", e);
        }
    }

    /// <inheritdoc />
    public async Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length ?? 0, nameof(length));
        cancellationToken.ThrowIfCancellationRequested();
        var blob = BlobOf(name);
        if (length == 0)
        {
            // No range is that short.
            return await PropertiesOfAsync(blob, name, cancellationToken) is null ? null : Stream.Null;
        }

        // The service adds offset and length; a length beyond all blobs is as good as none.
        var range = length > long.MaxValue - offset ? new HttpRange(offset) : new HttpRange(offset, length);
        try
        {
            var result = await blob.DownloadStreamingAsync(new BlobDownloadOptions { Range = range }, cancellationToken);
            return new DownloadStream(result.Value.Content, name);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.InvalidRange)
        {
            return Stream.Null; // the blob ends before the range begins
        }
        catch (Exception e) when (AzureFault.Is(e, cancellationToken))
        {
            throw AzureFault.Wrap($"read {name}", e);
        }
    }

    /// <inheritdoc />
    public async Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await BlobOf(name).DeleteAsync(DeleteSnapshotsOption.None, conditions: null, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return false;
        }
        catch (Exception e) when (AzureFault.Is(e, cancellationToken))
        {
            throw AzureFault.Wrap($"delete {name}", e);
        }
    }

    /// <inheritdoc />
    /// <remarks>The service can not begin a listing in the middle: what sorts before the mark is listed and passed over.</remarks>
    public async IAsyncEnumerable<BlobEntry> ListAsync(
        string container, string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _ = new BlobName(container, "checks-the-container");
        var listing = _service.GetBlobContainerClient(container)
            .GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix.Length == 0 ? null : prefix, cancellationToken);
        await using var pages = listing.AsPages(continuationToken: null, PageSize).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync())
        {
            foreach (var item in pages.Current.Values)
            {
                // What no name of ours can be was put there by others.
                if (BlobName.IsValidPath(item.Name) && (after is null || string.CompareOrdinal(item.Name, after) > 0))
                {
                    yield return new BlobEntry(new BlobName(container, item.Name), item.Properties.ContentLength ?? 0);
                }
            }
        }

        async Task<bool> MoveNextAsync()
        {
            try
            {
                return await pages.MoveNextAsync();
            }
            catch (Exception e) when (AzureFault.Is(e, cancellationToken))
            {
                throw AzureFault.Wrap($"list {container}/{prefix}", e);
            }
        }
    }

    private static async Task<PutResult> CreateAsync(
        BlockBlobClient blob, BlobName name, UploadStream content, string writeId, CancellationToken cancellationToken)
    {
        var absent = new BlobRequestConditions { IfNoneMatch = ETag.All };
        var tries = new TryCounter();
        try
        {
            if (content.Blocks.Count == 0)
            {
                using var counted = tries.Begin();
                await blob.UploadAsync(content.Rest(), new BlobUploadOptions { Conditions = absent, Metadata = MetadataOf(writeId) }, cancellationToken);
            }
            else
            {
                await content.StageRestAsync(cancellationToken);
                using var counted = tries.Begin();
                await blob.CommitBlockListAsync(
                    content.Blocks, new CommitBlockListOptions { Conditions = absent, Metadata = MetadataOf(writeId) }, cancellationToken);
            }

            return PutResult.Created;
        }
        catch (RequestFailedException e) when (IsConflict(e) && !tries.Repeated)
        {
            return PutResult.AlreadyExists;
        }
        catch (RequestFailedException e) when (IsConflict(e) || BlocksAreGone(e))
        {
            return await PropertiesOfAsync(blob, name, cancellationToken) switch
            {
                null => throw AzureFault.Wrap($"write {name}", e), // it came and went: nobody knows whose it was
                var stored when IsOf(stored, writeId) => PutResult.Created,
                _ => PutResult.AlreadyExists,
            };
        }
        catch (Exception e) when (AzureFault.Is(e, cancellationToken))
        {
            throw AzureFault.Wrap($"write {name}", e);
        }
    }

    private static async Task<BlobProperties?> PropertiesOfAsync(BlockBlobClient blob, BlobName name, CancellationToken cancellationToken)
    {
        try
        {
            return (await blob.GetPropertiesAsync(conditions: null, cancellationToken)).Value;
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
        catch (Exception e) when (AzureFault.Is(e, cancellationToken))
        {
            throw AzureFault.Wrap($"look at {name}", e);
        }
    }

    private static Task EnsureAsync(BlobContainerClient container, CancellationToken cancellationToken) => Provision.EnsureAsync(
        $"the container {container.Uri.GetLeftPart(UriPartial.Path)}",
        token => container.CreateIfNotExistsAsync(PublicAccessType.None, metadata: null, encryptionScopeOptions: null, token),
        container.ExistsAsync,
        cancellationToken);

    private BlockBlobClient BlobOf(BlobName name)
    {
        // A default(BlobName) names nothing; every other one is checked by its constructor.
        ArgumentException.ThrowIfNullOrEmpty(name.Container, nameof(name));
        return _service.GetBlobContainerClient(name.Container).GetBlockBlobClient(name.Path);
    }

    /// <summary>Put Blob says 409, Put Block List 412; a retention policy has its own word for a blob that stands.</summary>
    private static bool IsConflict(RequestFailedException e) =>
        e.ErrorCode == BlobErrorCode.BlobAlreadyExists
        || e.ErrorCode == BlobErrorCode.ConditionNotMet
        || e.ErrorCode == BlobErrorCode.BlobImmutableDueToPolicy
        // A replacement of a blob that is gone; some answer so instead of 412.
        || e.ErrorCode == BlobErrorCode.BlobNotFound;

    /// <summary>Another writer, or an earlier try of ours, has committed: that drops all blocks that wait.</summary>
    private static bool BlocksAreGone(RequestFailedException e) =>
        e.ErrorCode == BlobErrorCode.InvalidBlockList || e.ErrorCode == BlobErrorCode.InvalidBlobOrBlock;

    private static bool IsOf(BlobProperties stored, string writeId) =>
        stored.Metadata.TryGetValue(WriteId, out var id) && id == writeId;

    private static Dictionary<string, string> MetadataOf(string writeId) => new(StringComparer.Ordinal) { [WriteId] = writeId };

    private static string NewId() => Guid.NewGuid().ToString("N");

    private static string VersionOf(ETag tag) => tag.ToString();
}
