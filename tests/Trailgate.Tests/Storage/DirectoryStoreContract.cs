using System.Text;
using Trailgate.Storage;

namespace Trailgate.Tests.Storage;

/// <summary>
/// What a store with real directories promises beyond <see cref="BlobStoreContract"/>. Azure has none, and permits what is
/// refused here: so nothing may be named in such a way.
/// </summary>
public abstract class DirectoryStoreContract : BlobStoreContract
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_blob_can_not_be_the_folder_of_another()
    {
        await Put("a", "b/c");

        await Assert.ThrowsAsync<StorageException>(() => Store.PutAsync(Name("a/b"), Bytes("x"), None));
        await Assert.ThrowsAsync<StorageException>(() => Store.PutAsync(Name("b"), Bytes("x"), None));
        await Assert.ThrowsAsync<StorageException>(() => Store.ReplaceAsync(Name("b"), Bytes("x"), null, None));
        Assert.Equal(["a", "b/c"], await List(""));
    }

    private static BlobName Name(string path) => new("inbox", path);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
