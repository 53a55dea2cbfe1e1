using Trailgate.Storage;

namespace Trailgate.Tests.Storage;

public sealed class MemoryBlobStoreTests : DirectoryStoreContract
{
    private readonly MemoryBlobStore _store = new();

    protected override IBlobStore Store => _store;

    [Fact]
    public async Task A_fault_before_an_operation_keeps_it_from_being_applied_and_one_after_it_does_not()
    {
        var first = new BlobName("inbox", "first");
        var second = new BlobName("inbox", "second");
        _store.Before = call => ThrowIf(call is { Operation: BlobOperation.Put, Number: 1 });
        _store.After = call => ThrowIf(call is { Operation: BlobOperation.Put, Number: 2 });

        await Assert.ThrowsAsync<StorageException>(() => _store.PutAsync(first, new byte[1], CancellationToken.None));
        await Assert.ThrowsAsync<StorageException>(() => _store.PutAsync(second, new byte[1], CancellationToken.None));

        Assert.Equal([second], _store.Blobs.Select(blob => blob.Key));
    }

    private static void ThrowIf(bool condition)
    {
        if (condition)
        {
            throw new StorageException("injected");
        }
    }
}
