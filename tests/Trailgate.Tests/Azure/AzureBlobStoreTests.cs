using System.Globalization;
using System.Text;
using Trailgate.Azure;
using Trailgate.Storage;
using Trailgate.Tests.Azurite;
using Trailgate.Tests.Storage;

namespace Trailgate.Tests.Azure;

public sealed class AzureBlobStoreTests : BlobStoreContract, IClassFixture<TestAzurite>, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TestAzurite _azurite;
    private readonly AzureAccount _account;
    private readonly AzureBlobStore _store;

    public AzureBlobStoreTests(TestAzurite azurite)
    {
        _azurite = azurite;
        _account = AzureAccount.Open(TestAzurite.OptionsOf(azurite.TakeConnection()));
        _store = new AzureBlobStore(_account);
    }

    protected override IBlobStore Store => _store;

    public Task InitializeAsync() => _store.PrepareAsync(None);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Preparing_again_changes_nothing()
    {
        await Put("a");

        await _store.PrepareAsync(None);

        Assert.Equal(["a"], await List(""));
    }

    [Fact]
    public async Task A_container_that_is_not_there_is_a_fault_and_not_an_empty_store()
    {
        var unprepared = new AzureBlobStore(AzureAccount.Open(TestAzurite.OptionsOf(_azurite.TakeConnection())));

        var read = await Assert.ThrowsAsync<StorageException>(() => unprepared.ReadAsync(Name("a"), None));
        await Assert.ThrowsAsync<StorageException>(() => unprepared.PutAsync(Name("a"), Bytes("x"), None));
        await Assert.ThrowsAsync<StorageException>(() => unprepared.DeleteAsync(Name("a"), None));
        await Assert.ThrowsAsync<StorageException>(() => unprepared.ReplaceAsync(Name("a"), Bytes("x"), null, None));
        await Assert.ThrowsAsync<StorageException>(async () =>
        {
            await foreach (var _ in unprepared.ListAsync("inbox", "", null, None))
            {
            }
        });
        Assert.Equal("Cannot read inbox/a: the account answered 404 ContainerNotFound", read.Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("page/06")]
    public async Task A_listing_goes_over_all_pages(string? after)
    {
        var paged = new AzureBlobStore(_account) { PageSize = 3 };
        var paths = Enumerable.Range(0, 10).Select(number => string.Create(CultureInfo.InvariantCulture, $"page/{number:D2}")).ToArray();
        await Put(paths);
        await Put("aside", "pages");

        var seen = await paged.ListAsync("inbox", "page/", after, None).Select(entry => entry.Name.Path).ToListAsync();

        Assert.Equal(after is null ? paths : paths[7..], seen);
    }

    [Fact]
    public async Task Writers_of_the_same_big_blob_do_not_mix_their_blocks()
    {
        var contents = new[] { new byte[UploadStream.BlockBytes * 2 + 5], new byte[UploadStream.BlockBytes * 2 + 5] };
        contents[0].AsSpan().Fill(1);
        contents[1].AsSpan().Fill(2);
        using var bothStaged = new Barrier(2);

        var results = await Task.WhenAll(contents.Select(content => Task.Run(() => Store.PutAsync(
            Name("big"),
            async (stream, token) =>
            {
                await stream.WriteAsync(content.AsMemory(0, UploadStream.BlockBytes + 1), token);
                bothStaged.SignalAndWait(token);
                await stream.WriteAsync(content.AsMemory(UploadStream.BlockBytes + 1), token);
            },
            None))));

        Assert.Equal([PutResult.Created, PutResult.AlreadyExists], results.Order());
        var stored = await Store.ReadAsync(Name("big"), None);
        Assert.True(stored!.Bytes.Span.SequenceEqual(contents[Array.IndexOf(results, PutResult.Created)]));
    }

    [Fact]
    public async Task A_synchronous_writer_of_a_big_blob_is_streamed_as_well()
    {
        var content = new byte[UploadStream.BlockBytes + 3];
        new Random(5).NextBytes(content);

        await Store.PutAsync(
            Name("big"),
            (stream, _) =>
            {
                stream.Write(content.AsSpan(0, 100));
                stream.Write(content.AsSpan(100));
                return Task.CompletedTask;
            },
            None);

        Assert.True((await Store.ReadAsync(Name("big"), None))!.Bytes.Span.SequenceEqual(content));
    }

    private static BlobName Name(string path) => new("inbox", path);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
