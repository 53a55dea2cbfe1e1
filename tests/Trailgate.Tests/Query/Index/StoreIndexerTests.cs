using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Trailgate.Archive;
using Trailgate.Query;
using Trailgate.Query.Facets;
using Trailgate.Query.Index;
using Trailgate.Signing;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Query.QueryStore;

namespace Trailgate.Tests.Query.Index;

public class StoreIndexerTests
{
    private readonly QueryStore _store = new() { LinesPerMember = 2 };

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(3)]
    public async Task Adding_step_by_step_comes_to_the_same_files_as_making_all_anew(int rowsPerFile)
    {
        _store.RowsPerFile = rowsPerFile;
        for (var number = 1; number <= 12; number++)
        {
            await _store.ArchiveAsync(Event(3 * number, "05:00:00"), Event(3 * number + 1, "05:00:01", "eu-de"), Event(3 * number + 2, $"2026-11-{number:D2}T05:00:00.000Z"));
            await _store.IndexAsync();
        }

        var added = IndexFiles();
        var summary = await _store.Indexer.RebuildAsync(default);

        Assert.Equal(added, IndexFiles());
        Assert.Equal((2, 24L, 36L), (summary.Regions, summary.Manifests, summary.Segments));
    }

    [Fact]
    public async Task Files_that_were_replaced_are_taken_away()
    {
        await _store.ArchiveAsync(Event(1, "05:00:00"));
        await _store.IndexAsync();
        await _store.ArchiveAsync(Event(2, "06:00:00"));
        await _store.IndexAsync();

        Assert.Equal(["region=us-south/catalog.txt", "region=us-south/date=2026-11-22/0000000002-"], IndexFiles().Select(path => path[..Math.Min(path.Length, 43)]).Order());
    }

    [Fact]
    public async Task A_full_file_is_left_as_it_is_and_another_one_of_the_day_begun()
    {
        _store.RowsPerFile = 2;
        await _store.ArchiveAsync(Event(1, "05:00:00"), Event(2, "05:00:01"), Event(3, "05:00:02"));
        await _store.IndexAsync();
        var full = IndexFiles().Single(path => path.EndsWith(".idx", StringComparison.Ordinal));
        await _store.ArchiveAsync(Event(4, "06:00:00"));
        await _store.IndexAsync();
        await _store.ArchiveAsync(Event(5, "04:00:00"));

        await _store.IndexAsync();

        // A segment is not divided, so the first file has three events. The second had room for one more.
        Assert.Equal(
            [full[..^16], "region=us-south/date=2026-11-22/0000000003-"],
            IndexFiles().Where(path => path.EndsWith(".idx", StringComparison.Ordinal)).Select(path => path[..^16]).Order());
        Assert.Equal([5, 1, 2, 3, 4], Numbers(await SearchAnew().FindAsync(new EventQuery { Order = EventOrder.Oldest }, default)));
    }

    [Fact]
    public async Task A_day_of_several_files_is_answered_once_when_one_of_them_is_damaged()
    {
        _store.RowsPerFile = 1;
        for (var number = 1; number <= 4; number++)
        {
            await _store.ArchiveAsync(Event(number, $"0{number}:00:00", correlation: "c"));
            await _store.IndexAsync();
        }

        var files = IndexFiles().Where(path => path.EndsWith(".idx", StringComparison.Ordinal)).ToList();
        Assert.Equal(4, files.Count);
        foreach (var file in files)
        {
            var name = new BlobName(Containers.Index, file);
            var bytes = (await _store.Blobs.ReadAsync(name, default))!.Bytes;
            await _store.Blobs.DeleteAsync(name, default);

            var page = await SearchAnew().FindAsync(new EventQuery { CorrelationId = "c", Facets = new HashSet<Facet> { Facet.Region } }, default);

            Assert.Equal([4, 3, 2, 1], Numbers(page));
            Assert.Equal(4, page.Facets!.Events);
            await _store.Blobs.PutAsync(name, bytes, default);
        }
    }

    [Fact]
    public async Task Of_two_writers_at_once_the_second_leaves_what_the_first_wrote()
    {
        await _store.ArchiveAsync(Event(1, "05:00:00"));
        var meets = true;
        _store.Blobs.Before = call =>
        {
            if (call.Operation == BlobOperation.Replace && meets)
            {
                meets = false;
                Task.Run(_store.IndexAsync).GetAwaiter().GetResult();
            }
        };

        await _store.IndexAsync();
        _store.Blobs.Before = null;

        Assert.False(meets);
        Assert.Equal(2, IndexFiles().Count);
        Assert.Equal([1], await _store.FindAsync(new EventQuery()));
    }

    [Fact]
    public async Task A_damaged_file_is_made_anew_when_something_is_added_to_its_day()
    {
        await _store.ArchiveAsync(Event(1, "05:00:00"));
        await _store.IndexAsync();
        var file = _store.Blobs.Blobs.Single(blob => blob.Key.Path.EndsWith(".idx", StringComparison.Ordinal)).Key;
        await _store.Blobs.DeleteAsync(file, default);
        await _store.Blobs.PutAsync(file, "damaged"u8.ToArray(), default);
        await _store.ArchiveAsync(Event(2, "06:00:00"));

        await _store.IndexAsync();

        var opened = await _store.OpenedAsync(
            Containers.Archive, async () => Assert.Empty((await SearchAnew().FindAsync(new EventQuery { CorrelationId = "none" }, default)).Lines));
        Assert.DoesNotContain(opened, path => path.EndsWith(".gz", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_segment_that_can_not_be_read_is_indexed_as_such_and_queries_name_it()
    {
        await _store.ArchiveAsync(Event(1, "05:00:00"), Event(2, "06:00:00"));
        var segment = _store.Blobs.Blobs.First(blob => blob.Key.Path.EndsWith(".gz", StringComparison.Ordinal)).Key;
        await _store.Blobs.DeleteAsync(segment, default);
        await _store.IndexAsync();

        var page = await SearchAnew().FindAsync(new EventQuery { CorrelationId = "any" }, default);

        Assert.Equal([segment], page.Damaged.Select(part => part.Blob));
        Assert.Equal([2], Numbers(await SearchAnew().FindAsync(new EventQuery(), default)));
    }

    [Fact]
    public async Task An_archive_run_adds_to_the_index_when_sixteen_manifests_wait()
    {
        for (var run = 1; run <= 16; run++)
        {
            Assert.Empty(IndexFiles());
            await _store.BatchAsync(Event(run, "05:00:00"));
            await Archiver(token => _store.Indexer.CatchUpAsync(StoreIndexer.RunStep, token)).RunAsync(default);
        }

        Assert.Equal(2, IndexFiles().Count);
    }

    [Fact]
    public async Task An_index_that_can_not_be_written_harms_no_run()
    {
        await _store.BatchAsync(Event(1, "05:00:00"));

        await Archiver(_ => throw new StorageException("full")).RunAsync(default);

        Assert.DoesNotContain(_store.Blobs.Blobs, blob => blob.Key.Path.StartsWith("batches/", StringComparison.Ordinal));
    }

    private StoreArchiver Archiver(Func<CancellationToken, Task> index) => new(
        OneStore.Over(_store.Blobs), _store.Time, Options.Create(new ArchiveOptions()), SigningKeys.None,
        new ArchiveHooks((_, _, _) => Task.CompletedTask, (_, _, _) => Task.CompletedTask) { IndexAsync = index }, NullLogger<StoreArchiver>.Instance);

    private EventSearch SearchAnew() => new(_store.NewReaders(), NullLogger<EventSearch>.Instance);

    private List<string> IndexFiles() => [.. _store.Blobs.Blobs
        .Where(blob => blob.Key.Container == Containers.Index && !blob.Key.Path.EndsWith(".ids", StringComparison.Ordinal))
        .Select(blob => blob.Key.Path)];
}
