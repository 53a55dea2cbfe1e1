using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Query.QueryStore;

namespace Trailgate.Tests.Query;

public class EventSearchTests
{
    private readonly QueryStore _store = new();

    [Fact]
    public async Task An_empty_store_has_no_events()
    {
        var page = await _store.Search.FindAsync(new EventQuery(), default);

        Assert.Empty(page.Lines);
        Assert.False(page.More);
        Assert.Empty(page.Damaged);
    }

    [Fact]
    public async Task Events_of_inbox_and_archive_come_together_newest_first()
    {
        await _store.ArchiveAsync(Event(1, "05:10:00"), Event(4, "06:40:00"), Event(2, "05:20:00", "eu-de"));
        await _store.BatchAsync(Event(5, "06:50:00", "eu-de"), Event(3, "05:30:00"));

        Assert.Equal([5, 4, 3, 2, 1], await _store.FindAsync(new EventQuery()));
    }

    [Fact]
    public async Task Events_of_one_moment_are_ordered_by_id()
    {
        await _store.ArchiveAsync(Event(2, "05:00:00"), Event(3, "05:00:00"));
        await _store.BatchAsync(Event(4, "05:00:00"), Event(1, "05:00:00"));

        Assert.Equal([4, 3, 2, 1], await _store.FindAsync(new EventQuery()));
        Assert.Equal([4, 3], await _store.FindAsync(new EventQuery { Limit = 2 }));
    }

    [Fact]
    public async Task Times_are_told_apart_to_the_nanosecond()
    {
        await _store.BatchAsync(
            Event(1, "2026-11-22T05:00:00.000000002Z"), Event(2, "2026-11-22T05:00:00.000000001Z"));

        Assert.Equal([1, 2], await _store.FindAsync(new EventQuery()));
    }

    [Fact]
    public async Task Quarantined_items_and_trailers_are_no_events()
    {
        await _store.BatchAsync(Quarantined("us-south"), Event(1, "05:00:00"));

        Assert.Equal([1], await _store.FindAsync(new EventQuery()));
        Assert.Equal([1], await _store.FindAsync(new EventQuery())); // now from what is remembered
    }

    [Theory]
    [InlineData(1, new[] { 3 }, true)]
    [InlineData(2, new[] { 3, 2 }, true)]
    [InlineData(3, new[] { 3, 2, 1 }, false)]
    [InlineData(4, new[] { 3, 2, 1 }, false)]
    public async Task The_limit_cuts_the_oldest_and_says_so(int limit, int[] expected, bool more)
    {
        await _store.ArchiveAsync(Event(1, "05:00:00"), Event(3, "06:00:00"));
        await _store.BatchAsync(Event(2, "05:30:00"));

        var page = await _store.Search.FindAsync(new EventQuery { Limit = limit }, default);

        Assert.Equal(expected, Numbers(page));
        Assert.Equal(more, page.More);
    }

    [Fact]
    public async Task An_event_that_is_in_the_archive_and_still_in_the_inbox_is_shown_once_as_archived()
    {
        await _store.ArchiveAsync(Event(1, "05:00:00", more: ",\"sourceId\":\"archived\""));
        await _store.BatchAsync(Event(1, "05:00:00", more: ",\"sourceId\":\"waiting\""));

        var page = await _store.Search.FindAsync(new EventQuery(), default);

        Assert.Contains("archived", Encoding.UTF8.GetString(Assert.Single(page.Lines).Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_copies_in_the_inbox_the_one_that_an_archive_run_would_keep_is_shown()
    {
        await _store.BatchAsync(Event(1, "05:00:00", more: ",\"sourceId\":\"a\""), Event(1, "05:00:00", more: ",\"sourceId\":\"b\""));
        await _store.BatchAsync(Event(1, "05:00:00", more: ",\"sourceId\":\"c\""));

        var page = await _store.Search.FindAsync(new EventQuery(), default);

        Assert.Contains("\"sourceId\":\"a\"", Encoding.UTF8.GetString(Assert.Single(page.Lines).Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copies_do_not_use_up_the_limit()
    {
        await _store.ArchiveAsync(Event(1, "05:00:00"), Event(2, "05:01:00"), Event(3, "05:02:00"));
        await _store.BatchAsync(Event(3, "05:02:00"), Event(2, "05:01:00"), Event(3, "05:02:00"));

        var page = await _store.Search.FindAsync(new EventQuery { Limit = 3 }, default);

        Assert.Equal([3, 2, 1], Numbers(page));
        Assert.False(page.More);
    }

    [Theory]
    [InlineData(BlobOperation.List, "ledger/")] // between inbox and archive
    [InlineData(BlobOperation.OpenRead, "inbox/")] // between listing the inbox and reading the batch
    [InlineData(BlobOperation.List, "inbox/")] // before all of it
    public async Task An_event_that_moves_to_the_archive_meanwhile_is_seen_once(BlobOperation operation, string target)
    {
        await _store.ArchiveAsync(Event(1, "05:00:00"));
        await _store.FindAsync(new EventQuery()); // the older note is known already
        var batch = await _store.BatchAsync(Event(2, "05:30:00"));
        _store.Blobs.Before = call =>
        {
            if (call.Operation == operation && call.Target.StartsWith(target, StringComparison.Ordinal))
            {
                _store.Blobs.Before = null;
                _store.ArchiveAsync(Event(2, "05:30:00")).GetAwaiter().GetResult();
                _store.DeleteAsync(batch).GetAwaiter().GetResult();
            }
        };

        Assert.Equal([2, 1], await _store.FindAsync(new EventQuery()));
        Assert.Null(_store.Blobs.Before);
    }

    [Fact]
    public async Task A_batch_whose_stream_breaks_because_it_was_archived_meanwhile_is_no_fault()
    {
        var batch = await _store.BatchAsync(Event(1, "05:30:00"));
        _store.Blobs.Before = call =>
        {
            if (call.Operation == BlobOperation.OpenRead && call.Target.StartsWith("inbox/", StringComparison.Ordinal))
            {
                _store.Blobs.Before = null;
                _store.ArchiveAsync(Event(1, "05:30:00")).GetAwaiter().GetResult();
                _store.DeleteAsync(batch).GetAwaiter().GetResult();
                throw new StorageException("The blob was deleted under the reader.");
            }
        };

        Assert.Equal([1], await _store.FindAsync(new EventQuery()));
    }

    [Fact]
    public async Task A_store_that_fails_is_not_taken_for_an_empty_one()
    {
        await _store.BatchAsync(Event(1, "05:30:00"));
        _store.Blobs.Before = call =>
        {
            if (call.Operation == BlobOperation.OpenRead && call.Number == 1)
            {
                throw new StorageException("The network is away.");
            }
        };

        await Assert.ThrowsAsync<StorageException>(() => _store.FindAsync(new EventQuery()));
    }

    public static TheoryData<string, EventQuery, int[]> Filters => new()
    {
        { "from is included", new EventQuery { From = At("05:20:00") }, [4, 3, 2] },
        { "to is not", new EventQuery { To = At("05:20:00") }, [1] },
        { "window", new EventQuery { From = At("05:20:00"), To = At("05:40:00") }, [3, 2] },
        { "region", new EventQuery { Regions = new HashSet<string> { "eu-de" } }, [4] },
        { "regions", new EventQuery { Regions = new HashSet<string> { "eu-de", "us-south" } }, [4, 3, 2, 1] },
        { "no such region", new EventQuery { Regions = new HashSet<string> { "eu-d" } }, [] },
        { "action", new EventQuery { Action = new ActionPattern("*.DELETE") }, [3, 2] },
        { "outcome", new EventQuery { Outcome = Outcome.Failure }, [4, 2] },
        { "target", new EventQuery { Target = new TargetFilter("crn:v1:bluemix:public:codeengine:us-south:a/1:p1::") }, [3, 2] },
        { "target that is escaped", new EventQuery { Target = new TargetFilter("a\"b") }, [4] },
        { "correlation", new EventQuery { CorrelationId = "c-1" }, [3, 1] },
        { "correlation is exact", new EventQuery { CorrelationId = "c" }, [] },
        { "all at once", new EventQuery { Action = new ActionPattern("*delete"), Outcome = Outcome.Success, CorrelationId = "c-1", From = At("05:00:00") }, [3] },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Filters_choose_the_same_events_in_inbox_and_archive(string name, EventQuery query, int[] expected)
    {
        string[] events =
        [
            Event(1, "05:10:00", target: "other", correlation: "c-1"),
            Event(2, "05:20:00", action: "codeengine.job.delete", outcome: "failure", target: "crn:v1:bluemix:public:codeengine:us-south:a/1:p1:job:x"),
            Event(3, "05:30:00", action: "codeengine.Secret.Delete", correlation: "c-1"),
            Event(4, "05:40:00", "eu-de", outcome: "failure", target: "a\\u0022b", correlation: "c-10"),
        ];
        var archived = new QueryStore();
        await archived.ArchiveAsync(events);
        await _store.BatchAsync(events);

        Assert.True(expected.SequenceEqual(await _store.FindAsync(query)), name + " (inbox)");
        Assert.True(expected.SequenceEqual(await _store.FindAsync(query)), name + " (inbox, remembered)");
        Assert.True(expected.SequenceEqual(await archived.FindAsync(query)), name + " (archive)");
    }

    [Fact]
    public async Task Only_segments_of_the_region_and_time_asked_for_are_opened()
    {
        await _store.ArchiveAsync(
            Event(1, "04:10:00"), Event(2, "05:10:00"), Event(3, "05:50:00"), Event(4, "06:10:00"), Event(5, "05:30:00", "eu-de"));
        var query = new EventQuery { Regions = new HashSet<string> { "us-south" }, From = At("05:20:00"), To = At("06:10:00") };
        await _store.FindAsync(query);

        var opened = await _store.OpenedAsync(Containers.Archive, async () => Assert.Equal([3], await _store.FindAsync(query)));

        Assert.StartsWith("region=us-south/date=2026-11-22/hour=05/", Assert.Single(opened), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_between_the_first_and_last_event_of_an_hour_that_no_event_can_be_in_opens_nothing()
    {
        await _store.ArchiveAsync(Event(1, "05:10:00"), Event(2, "05:20:00"));
        var query = new EventQuery { From = At("05:20:01"), To = At("05:59:00") };
        await _store.FindAsync(query);

        Assert.Empty(await _store.OpenedAsync(Containers.Archive, () => _store.FindAsync(query)));
    }

    [Fact]
    public async Task Segments_that_can_not_beat_a_full_page_are_not_opened()
    {
        await _store.ArchiveAsync([.. Enumerable.Range(0, 10).Select(hour => Event(hour, $"0{hour}:00:00"))]);
        await _store.BatchAsync(Event(20, "08:30:00"));
        var query = new EventQuery { Limit = 2 };
        await _store.FindAsync(query);

        var opened = await _store.OpenedAsync(Containers.Archive, async () => Assert.Equal([9, 20], await _store.FindAsync(query)));

        // A page of two needs a third event to say that there are more: 09:00, 08:30 and 08:00.
        Assert.Equal(2, opened.Count);
        Assert.Contains("/hour=09/", opened[0], StringComparison.Ordinal);
        Assert.Contains("/hour=08/", opened[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_that_ends_in_the_very_moment_of_the_last_of_a_full_page_is_opened()
    {
        await _store.ArchiveAsync(Event(9, "05:00:00"));
        await _store.ArchiveAsync(Event(7, "05:00:00"));
        await _store.BatchAsync(Event(8, "05:00:00"), Event(6, "05:00:00"), Event(5, "05:00:00"));

        Assert.Equal([9], await _store.FindAsync(new EventQuery { Limit = 1 }));
    }

    [Fact]
    public async Task Batches_that_were_read_once_are_opened_again_only_when_they_can_match()
    {
        await _store.BatchAsync(Event(1, "04:00:00"));
        await _store.BatchAsync(Event(2, "05:00:00", "eu-de"));
        var third = await _store.BatchAsync(Event(3, "05:10:00"));
        await _store.BatchAsync(Quarantined("us-south"));
        var query = new EventQuery { Regions = new HashSet<string> { "us-south" }, From = At("05:00:00") };
        var first = await _store.OpenedAsync(Containers.Inbox, () => _store.FindAsync(query));

        var again = await _store.OpenedAsync(Containers.Inbox, async () => Assert.Equal([3], await _store.FindAsync(query)));

        Assert.Equal(4, first.Count);
        Assert.Equal([third.Path], again);
    }

    [Fact]
    public async Task Batches_that_can_not_beat_a_full_page_are_not_opened_again()
    {
        await _store.BatchAsync(Event(1, "04:00:00"));
        await _store.BatchAsync(Event(2, "05:00:00"));
        var newest = await _store.BatchAsync(Event(3, "06:00:00"), Event(4, "06:01:00"));
        var query = new EventQuery { Limit = 1 };
        await _store.FindAsync(query);

        var again = await _store.OpenedAsync(Containers.Inbox, async () => Assert.Equal([4], await _store.FindAsync(query)));

        Assert.Equal([newest.Path], again);
    }

    [Fact]
    public async Task Manifests_are_read_once()
    {
        await _store.ArchiveAsync(Event(1, "04:00:00"));
        await _store.ArchiveAsync(Event(2, "05:00:00"));
        await _store.FindAsync(new EventQuery());

        var opened = await _store.OpenedAsync(Containers.Archive, () => _store.FindAsync(new EventQuery()));

        Assert.DoesNotContain(opened, path => path.Contains("/manifests/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_later_run_archived_is_found_by_the_next_query()
    {
        await _store.ArchiveAsync(Event(1, "04:00:00"));
        Assert.Equal([1], await _store.FindAsync(new EventQuery()));

        await _store.ArchiveAsync(Event(2, "05:00:00"), Event(3, "05:00:00", "eu-de"));

        Assert.Equal([3, 2, 1], await _store.FindAsync(new EventQuery()));
    }

    [Fact]
    public async Task A_segment_that_no_manifest_lists_is_not_shown()
    {
        await _store.CommitAsync([Event(1, "04:00:00")]);

        Assert.Empty(await _store.FindAsync(new EventQuery()));
    }

    [Fact]
    public async Task A_cut_off_segment_is_named_and_hides_no_others()
    {
        await _store.ArchiveAsync(Event(1, "04:00:00"), Event(2, "05:00:00"));
        var segment = await DamageAsync("/hour=04/", bytes => bytes[..^9]);

        var page = await _store.Search.FindAsync(new EventQuery(), default);

        Assert.Contains(2, Numbers(page));
        Assert.Equal([new DamagedPart("default", segment)], page.Damaged);
    }

    [Fact]
    public async Task A_missing_manifest_is_named_and_hides_no_others()
    {
        await _store.ArchiveAsync(Event(1, "04:00:00"));
        await _store.ArchiveAsync(Event(2, "05:00:00"));
        var manifest = ArchiveNames.Manifest(Named("us-south"), 1);
        await _store.Blobs.DeleteAsync(manifest, default);

        var page = await _store.Search.FindAsync(new EventQuery(), default);

        Assert.Equal([2], Numbers(page));
        Assert.Equal([new DamagedPart("default", manifest)], page.Damaged);
    }

    [Fact]
    public async Task What_can_be_read_of_a_damaged_batch_is_shown()
    {
        await _store.RawBatchAsync(Event(1, "04:00:00") + "\n{\"id\":\"cut");

        Assert.Equal([1], await _store.FindAsync(new EventQuery()));
    }

    [Fact]
    public async Task Lines_are_given_byte_for_byte_as_they_are_stored()
    {
        var line = Event(1, "04:00:00", action: "codeengine.job.r\\u0065ad", more: ",\"x\":1.0e+2");
        await _store.ArchiveAsync(line);

        var page = await _store.Search.FindAsync(new EventQuery { Action = new ActionPattern("codeengine.job.read") }, default);

        Assert.Equal(line, Encoding.UTF8.GetString(Assert.Single(page.Lines).Span));
    }

    private async Task<BlobName> DamageAsync(string part, Func<byte[], byte[]> damage)
    {
        var (name, bytes) = _store.Blobs.Blobs.Single(blob => blob.Key.Path.Contains(part, StringComparison.Ordinal));
        await _store.Blobs.DeleteAsync(name, default);
        await _store.Blobs.PutAsync(name, damage(bytes.ToArray()), default);
        return name;
    }

    private static EventTime At(string time) =>
        EventTime.TryParse(Encoding.ASCII.GetBytes($"2026-11-22T{time}.000Z"), out var result) ? result : throw new ArgumentException(time, nameof(time));

    private static Region Named(string name) => Region.TryParse(name.AsSpan(), out var region) ? region : throw new ArgumentException(name, nameof(name));
}
