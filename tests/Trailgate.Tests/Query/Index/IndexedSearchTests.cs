using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Query.Facets;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Query.QueryStore;

namespace Trailgate.Tests.Query.Index;

/// <summary>What is read for an answer, and what is not.</summary>
public class IndexedSearchTests
{
    private readonly QueryStore _store = new() { LinesPerMember = 2 };

    [Fact]
    public async Task Only_the_member_that_holds_the_request_is_read()
    {
        await ArchiveAsync(days: 3);

        EventPage? page = null;

        var opened = await _store.OpenedAsync(
            Containers.Archive, async () => page = await SearchAnew().FindAsync(new EventQuery { CorrelationId = "c2-3" }, default));

        Assert.Equal([203], Numbers(page!));
        var segment = Assert.Single(opened, path => path.EndsWith(".gz", StringComparison.Ordinal));
        Assert.Contains("date=2026-11-02", segment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cold_query_reads_no_manifest_that_the_index_covers_but_the_last()
    {
        await ArchiveAsync(days: 20);
        await _store.ArchiveAsync(Event(9001, "2026-11-21T05:00:00.000Z"));

        var opened = await _store.OpenedAsync(Containers.Archive, () => SearchAnew().FindAsync(new EventQuery { CorrelationId = "none" }, default));

        Assert.Equal(
            ["0000000020.json", "0000000021.json"],
            opened.Where(path => path.Contains("/manifests/", StringComparison.Ordinal)).Select(path => path[^15..]).Order());
    }

    [Fact]
    public async Task Facets_over_days_are_counted_without_reading_a_segment()
    {
        await ArchiveAsync(days: 3);
        var query = new EventQuery { Limit = 0, Outcome = Outcome.Success, Facets = Enum.GetValues<Facet>().ToHashSet() };
        EventPage? page = null;

        var opened = await _store.OpenedAsync(Containers.Archive, async () => page = await SearchAnew().FindAsync(query, default));

        Assert.Equal(15, page!.Facets!.Events);
        Assert.DoesNotContain(opened, path => path.EndsWith(".gz", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_newest_page_looks_at_the_newest_day_alone()
    {
        await ArchiveAsync(days: 10);

        var opened = await _store.OpenedAsync(Containers.Index, () => SearchAnew().FindAsync(new EventQuery { Limit = 2 }, default));

        Assert.All(opened.Where(path => path.EndsWith(".idx", StringComparison.Ordinal)), path => Assert.Contains("date=2026-11-10", path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_event_is_looked_up_by_the_day_and_not_by_each_segment()
    {
        await ArchiveAsync(days: 5);
        Assert.True(EventId.TryParse(Id(303), out var id));

        var ids = await _store.OpenedAsync(Containers.Index, async () => Assert.NotNull(await new EventLookup(_store.NewReaders()).FindAsync(id, default)));

        Assert.DoesNotContain(ids, path => path.EndsWith(".ids", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_member_that_was_changed_is_named_and_never_shown()
    {
        await ArchiveAsync(days: 1);
        var (segment, stored) = _store.Blobs.Blobs.Single(blob => blob.Key.Path.EndsWith(".gz", StringComparison.Ordinal));
        var bytes = stored.ToArray();
        bytes[30] ^= 1;
        await _store.Blobs.DeleteAsync(segment, default);
        await _store.Blobs.PutAsync(segment, bytes, default);

        var page = await SearchAnew().FindAsync(new EventQuery(), default);

        Assert.Equal([105, 104, 103], Numbers(page)); // the first member has the first two
        Assert.Equal([segment], page.Damaged.Select(part => part.Blob));
    }

    [Fact]
    public async Task A_query_that_a_run_overtakes_is_answered_anew()
    {
        await ArchiveAsync(days: 1);
        var search = SearchAnew();
        _store.Blobs.Before = call =>
        {
            // Between the columns and the member, a run replaces the file.
            if (call.Operation == BlobOperation.OpenRead && call.Target.EndsWith(".gz", StringComparison.Ordinal))
            {
                _store.Blobs.Before = null;
                Task.Run(async () =>
                {
                    await _store.ArchiveAsync(Event(999, "2026-11-01T05:00:09.000Z"));
                    await _store.IndexAsync();
                }).GetAwaiter().GetResult();
            }
        };

        var page = await search.FindAsync(new EventQuery { Limit = 1, Facets = new HashSet<Facet> { Facet.Region } }, default);

        Assert.Equal([999], Numbers(page));
        Assert.Equal(6, page.Facets!.Events);
    }

    // Five events a day, within an hour.
    private async Task ArchiveAsync(int days)
    {
        for (var day = 1; day <= days; day++)
        {
            await _store.ArchiveAsync([.. Enumerable.Range(1, 5).Select(number =>
                Event(100 * day + number, $"2026-11-{day:D2}T05:00:0{number}.000Z", correlation: $"c{day}-{number}"))]);
        }

        await _store.IndexAsync();
    }

    private EventSearch SearchAnew() => new(_store.NewReaders(), NullLogger<EventSearch>.Instance);
}
