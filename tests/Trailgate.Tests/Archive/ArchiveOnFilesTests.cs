using Trailgate.Archive;
using Trailgate.Storage;
using Trailgate.Tests.Support;
using static Trailgate.Tests.Archive.ArchiveScene;

namespace Trailgate.Tests.Archive;

public class ArchiveOnFilesTests
{
    [Fact]
    public async Task The_archive_in_files_has_the_bytes_of_the_archive_in_memory()
    {
        using var folder = new TempFolder();
        var scene = new ArchiveScene();
        var store = await FillAsync(scene, folder);

        var inMemory = await scene.RunAsync();
        var inFiles = await Archiver(scene, store).RunAsync(CancellationToken.None);

        Assert.Equal(inMemory, inFiles);
        Assert.Equal(scene.Everything(), await EverythingAsync(store));
    }

    [Fact]
    public async Task Two_archivers_at_once_over_one_folder_end_in_the_same_archive()
    {
        using var folder = new TempFolder();
        var scene = new ArchiveScene();
        var store = await FillAsync(scene, folder);
        await scene.RunAsync();

        await Task.WhenAll(
            Task.Run(() => Archiver(scene, new FileBlobStore(folder.Path)).RunAsync(CancellationToken.None)),
            Task.Run(() => Archiver(scene, new FileBlobStore(folder.Path)).RunAsync(CancellationToken.None)));

        Assert.Empty(scene.Alerts);
        Assert.Equal(scene.Everything(), await EverythingAsync(store));
    }

    private static async Task<FileBlobStore> FillAsync(ArchiveScene scene, TempFolder folder)
    {
        scene.Options.PlanBatches = 3;
        var store = new FileBlobStore(folder.Path);
        for (var i = 1; i <= 9; i++)
        {
            string[] lines = [Event($"e{i}"), Event($"e{i / 2}"), Quarantined($"q{i}"), Event($"f{i}", $"2026-11-22T0{i}:00:00.000Z", "eu-de")];
            await scene.PutBatchAsync(i, lines);
            await store.PutAsync(new BlobName(Containers.Inbox, BatchPath(i)), Batch(lines), CancellationToken.None);
        }

        return store;
    }

    private static StoreArchiver Archiver(ArchiveScene scene, FileBlobStore store) =>
        scene.Archiver(store, () => new ArchiveReader(store).ReadLastNoteAsync(CancellationToken.None).GetAwaiter().GetResult()?.Note.Sequence ?? 0);

    private static async Task<string> EverythingAsync(FileBlobStore store)
    {
        var lines = new List<string>();
        foreach (var container in (string[])["archive", "inbox", "index", "ledger", "quarantine"])
        {
            await foreach (var entry in store.ListAsync(container, "", null, CancellationToken.None))
            {
                var content = await store.ReadAsync(entry.Name, CancellationToken.None);
                lines.Add($"{entry.Name} {Hash(content!.Bytes.Span)}");
            }
        }

        return string.Join('\n', lines);
    }
}
