using Trailgate.Archive;
using Trailgate.Storage;
using Trailgate.Tests.Support;
using static Trailgate.Tests.Archive.ArchiveScene;

namespace Trailgate.Tests.Archive;

/// <summary>The disk fills up half-way through any file of a run: nothing that is half written is ever seen, and the next run goes on.</summary>
public class FullDiskTests
{
    [Fact]
    public async Task A_disk_that_fills_up_in_any_file_of_a_run_leaves_nothing_behind_that_the_next_run_would_trip_over()
    {
        var (expected, puts) = await RunAsync(fullAt: 0);
        Assert.True(puts > 10);

        for (var n = 1; n <= puts; n++)
        {
            Assert.Equal((n, expected), (n, (await RunAsync(n)).Everything));
        }
    }

    private static async Task<(string Everything, int Puts)> RunAsync(int fullAt)
    {
        using var folder = new TempFolder();
        var files = new FileBlobStore(folder.Path);
        var scene = new ArchiveScene { Options = { PlanBatches = 1 } };
        await files.PutAsync(new BlobName(Containers.Inbox, BatchPath(1)), Batch(Event("a"), Event("b", region: "eu-de"), Quarantined("q")), CancellationToken.None);
        await files.PutAsync(new BlobName(Containers.Inbox, BatchPath(2)), Batch(Event("a"), Event("c")), CancellationToken.None);
        var disk = new FillingDisk(files, fullAt);

        if (fullAt > 0)
        {
            var thrown = await Assert.ThrowsAsync<StorageException>(() => Archiver(scene, disk, files).RunAsync(CancellationToken.None));
            Assert.Contains("No space left", thrown.ToString(), StringComparison.Ordinal);
            Assert.Equal("archive: the storage fails", Assert.Single(scene.Alerts));
        }

        await Archiver(scene, disk, files).RunAsync(CancellationToken.None);
        // What is left on the disk by any name, and not only what listings show.
        var lines = Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)
            .Select(path => $"{Path.GetRelativePath(folder.Path, path)} {Hash(File.ReadAllBytes(path))}");
        return (string.Join('\n', lines.Order(StringComparer.Ordinal)), disk.Puts);
    }

    private static StoreArchiver Archiver(ArchiveScene scene, IBlobStore disk, FileBlobStore files) =>
        scene.Archiver(disk, () => new ArchiveReader(files).ReadLastNoteAsync(CancellationToken.None).GetAwaiter().GetResult()?.Note.Sequence ?? 0);

    /// <summary>Takes half of one file, then no byte more of it.</summary>
    private sealed class FillingDisk(FileBlobStore files, int fullAt) : IBlobStore
    {
        public int Puts { get; private set; }

        public Task<PutResult> PutAsync(BlobName name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) =>
            ++Puts == fullAt ? files.PutAsync(name, (stream, token) => WriteHalfAsync(stream, write, token), cancellationToken) : files.PutAsync(name, write, cancellationToken);

        public Task<string?> ReplaceAsync(BlobName name, ReadOnlyMemory<byte> content, string? expectedVersion, CancellationToken cancellationToken) =>
            ++Puts == fullAt ? throw NoSpace() : files.ReplaceAsync(name, content, expectedVersion, cancellationToken);

        public Task<BlobContent?> ReadAsync(BlobName name, CancellationToken cancellationToken) => files.ReadAsync(name, cancellationToken);

        public Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken) =>
            files.OpenReadAsync(name, offset, length, cancellationToken);

        public Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken) => files.DeleteAsync(name, cancellationToken);

        public IAsyncEnumerable<BlobEntry> ListAsync(string container, string prefix, string? after, CancellationToken cancellationToken) =>
            files.ListAsync(container, prefix, after, cancellationToken);

        private static async Task WriteHalfAsync(Stream stream, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
        {
            using var whole = new MemoryStream();
            await write(whole, cancellationToken);
            await stream.WriteAsync(whole.GetBuffer().AsMemory(0, (int)whole.Length / 2), cancellationToken);
            throw NoSpace();
        }

        private static StorageException NoSpace() => new("No space left on device");
    }
}
