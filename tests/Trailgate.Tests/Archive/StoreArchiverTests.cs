using System.Text;
using Trailgate.Archive;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Archive.ArchiveScene;

namespace Trailgate.Tests.Archive;

public class StoreArchiverTests
{
    private readonly ArchiveScene _scene = new();

    [Fact]
    public async Task A_run_turns_batches_into_sorted_segments_by_region_and_hour()
    {
        var late = Event("late", "2026-11-22T05:59:59.999999999Z");
        var early = Event("early", "2026-11-22T05:00:00.000Z");
        var next = Event("next", "2026-11-22T06:00:00.000Z");
        var other = Event("other", region: "eu-de");
        await _scene.PutBatchAsync(1, late, other);
        await _scene.PutBatchAsync(2, next, early);

        var done = await _scene.RunAsync();

        var lines = Hash($"{early}\n{late}\n")[..12];
        Assert.Equal(
            [
                $"region=eu-de/date=2026-11-22/hour=05/0000000001-{Hash(other + "\n")[..12]}.ndjson.gz",
                $"region=us-south/date=2026-11-22/hour=05/0000000001-{lines}.ndjson.gz",
                $"region=us-south/date=2026-11-22/hour=06/0000000001-{Hash(next + "\n")[..12]}.ndjson.gz",
            ],
            _scene.Segments());
        Assert.Equal([early, late], _scene.Lines(_scene.Segments()[1]));
        Assert.Equal(new ArchiveSummary(1, 2, 3, new ArchiveCounts(4, 4, 0, 0), 0), done);
        Assert.Empty(_scene.Alerts);
    }

    [Fact]
    public async Task Events_of_the_same_time_stand_in_the_order_of_their_ids()
    {
        string[] seeds = ["a", "b", "c", "d", "e"];
        await _scene.PutBatchAsync(1, [.. seeds.Select(seed => Event(seed))]);

        await _scene.RunAsync();

        Assert.Equal(seeds.OrderBy(seed => Id(seed).ToString(), StringComparer.Ordinal).Select(seed => Event(seed)), _scene.Lines(_scene.Segments().Single()));
    }

    [Fact]
    public async Task The_manifest_describes_the_stored_bytes_and_the_batches()
    {
        await _scene.PutBatchAsync(1, Event("a"), Quarantined("no action"), Event("x", region: "eu-de"));
        var batch = _scene.Bytes(Containers.Inbox, BatchPath(1));

        await _scene.RunAsync();

        var name = _scene.Segments().Single(path => path.Contains("us-south", StringComparison.Ordinal));
        var stored = _scene.Bytes(Containers.Archive, name);
        var line = Encoding.UTF8.GetBytes(Event("a"));
        var leaf = Hash([0, .. line]);
        Assert.Equal(
            $$$"""{"schema":1,"region":"us-south","sequence":1,"runId":"{{{RunId(1)}}}","time":"2026-11-22T06:00:00.000Z","previous":null"""
            + $$$""","segments":[{"name":"{{{name}}}","sha256":"{{{Hash(stored.Span)}}}","bytes":{{{stored.Length}}},"lines":1,"uncompressedBytes":{{{line.Length + 1}}}"""
            + $$$""","minTime":"2026-11-22T05:54:00.123Z","maxTime":"2026-11-22T05:54:00.123Z","merkleRoot":"{{{leaf}}}"}]"""
            + $$$""","batches":[{"name":"{{{BatchPath(1)}}}","sha256":"{{{Hash(batch.Span)}}}"}]"""
            + ""","counts":{"received":2,"archived":1,"duplicate":0,"quarantined":1},"totals":{"received":2,"archived":1,"duplicate":0,"quarantined":1}}""",
            _scene.Text(Containers.Archive, "region=us-south/manifests/0000000001.json"));
    }

    [Fact]
    public async Task The_note_names_the_heads_of_all_regions_and_chains_to_the_note_before()
    {
        await _scene.PutBatchAsync(1, Event("a"), Event("b", region: "eu-de"));
        await _scene.RunAsync();
        await _scene.PutBatchAsync(2, Event("c"));
        await _scene.RunAsync();

        var first = _scene.Text(Containers.Ledger, "0000000001.note");
        var german = Hash(_scene.Bytes(Containers.Archive, "region=eu-de/manifests/0000000001.json").Span);
        Assert.Equal(
            $"trailgate\n1\n2026-11-22T06:00:00.000Z\nnone\neu-de 1 {german}\n"
            + $"us-south 1 {Hash(_scene.Bytes(Containers.Archive, "region=us-south/manifests/0000000001.json").Span)}\n\n",
            first);
        Assert.Equal(
            $"trailgate\n2\n2026-11-22T06:00:00.000Z\n{Hash(first)}\neu-de 1 {german}\n"
            + $"us-south 2 {Hash(_scene.Bytes(Containers.Archive, "region=us-south/manifests/0000000002.json").Span)}\n\n",
            _scene.Text(Containers.Ledger, "0000000002.note"));
    }

    [Fact]
    public async Task Manifests_chain_and_add_up()
    {
        await _scene.PutBatchAsync(1, Event("a"), Quarantined("x"));
        await _scene.RunAsync();
        await _scene.PutBatchAsync(2, Event("a"), Event("b"), Event("b"));
        await _scene.RunAsync();

        var second = _scene.Manifest("us-south", 2);
        Assert.Equal(Hash(_scene.Bytes(Containers.Archive, "region=us-south/manifests/0000000001.json").Span), second.Previous);
        Assert.Equal(new ArchiveCounts(3, 1, 2, 0), second.Counts);
        Assert.Equal(new ArchiveCounts(5, 2, 2, 1), second.Totals);
    }

    [Fact]
    public async Task Batches_are_caught_up_then_deleted_and_the_plan_is_done()
    {
        await _scene.PutBatchAsync(1, Event("a"));
        await _scene.PutBatchAsync(2, Event("b"));

        await _scene.RunAsync();

        Assert.Equal([BatchPath(1), BatchPath(2)], _scene.CaughtUp);
        Assert.Equal(["plan.json"], _scene.Paths(Containers.Inbox));
        Assert.Equal(PlanState.Done, PlanJson.Read(_scene.Bytes(Containers.Inbox, "plan.json"))!.State);
    }

    [Fact]
    public async Task A_batch_that_can_not_be_caught_up_is_not_deleted()
    {
        await _scene.PutBatchAsync(1, Event("a"));
        var failing = new StoreArchiver(
            OneStore.Over(_scene.Store), _scene.Time, Microsoft.Extensions.Options.Options.Create(_scene.Options), _scene.Signing,
            new ArchiveHooks((_, _, _) => Task.CompletedTask, (_, _, _) => throw new StorageException("no alerts")),
            Microsoft.Extensions.Logging.Abstractions.NullLogger<StoreArchiver>.Instance);

        await Assert.ThrowsAsync<StorageException>(() => failing.RunAsync(CancellationToken.None));

        Assert.Contains(BatchPath(1), _scene.Paths(Containers.Inbox));
    }

    [Fact]
    public async Task Quarantined_items_go_to_the_quarantine_of_the_day_of_the_plan()
    {
        await _scene.PutBatchAsync(1, Quarantined("one"), Event("a"));
        await _scene.PutBatchAsync(2, Quarantined("two", "eu-de"));

        await _scene.RunAsync();

        Assert.Equal([$"2026-11-22/{RunId(1)}.ndjson"], _scene.Paths(Containers.Quarantine));
        Assert.Equal($"{Quarantined("one")}\n{Quarantined("two", "eu-de")}\n", _scene.Text(Containers.Quarantine, $"2026-11-22/{RunId(1)}.ndjson"));
        Assert.Equal(new ArchiveCounts(1, 0, 0, 1), _scene.Manifest("eu-de", 1).Counts);
        Assert.Empty(_scene.Manifest("eu-de", 1).Segments);
    }

    [Fact]
    public async Task Of_copies_in_one_plan_the_first_by_batch_name_and_line_is_kept()
    {
        await _scene.PutBatchAsync(2, Event("a", received: "06:02"));
        await _scene.PutBatchAsync(1, Event("a", received: "06:01"), Event("a", received: "06:03"));

        var done = await _scene.RunAsync();

        Assert.Equal([Event("a", received: "06:01")], _scene.ArchivedLines());
        Assert.Equal(new ArchiveCounts(3, 1, 2, 0), done.Counts);
    }

    [Fact]
    public async Task The_same_event_in_two_regions_is_two_events()
    {
        await _scene.PutBatchAsync(1, Event("a"), Event("a", region: "eu-de"));

        Assert.Equal(new ArchiveCounts(2, 2, 0, 0), (await _scene.RunAsync()).Counts);
    }

    [Theory]
    [InlineData("as it was written")]
    [InlineData("missing")]
    [InlineData("damaged")]
    public async Task A_copy_of_an_archived_event_is_found_whatever_became_of_the_index(string index)
    {
        await _scene.PutBatchAsync(1, [.. Enumerable.Range(0, 5000).Select(i => Event($"e{i}"))]);
        await _scene.RunAsync();
        var ids = Assert.Single(_scene.Paths(Containers.Index));
        var before = _scene.Bytes(Containers.Index, ids).ToArray();
        if (index != "as it was written")
        {
            await _scene.Store.DeleteAsync(new BlobName(Containers.Index, ids), CancellationToken.None);
        }

        if (index == "damaged")
        {
            byte[] changed = [.. before];
            changed[0] ^= 1;
            await _scene.Store.PutAsync(new BlobName(Containers.Index, ids), changed, CancellationToken.None);
        }

        await _scene.PutBatchAsync(2, Event("e17"), Event("e4999"), Event("new"));
        var done = await _scene.RunAsync();

        Assert.Equal(new ArchiveCounts(3, 1, 2, 0), done.Counts);
        Assert.Equal([Event("new")], _scene.Lines(_scene.Manifest("us-south", 2).Segments.Single().Name));
        Assert.Equal(before, _scene.Bytes(Containers.Index, ids).ToArray());
    }

    [Fact]
    public async Task A_plan_of_duplicates_ends_in_a_manifest_without_segments()
    {
        await _scene.PutBatchAsync(1, Event("a"));
        await _scene.RunAsync();
        await _scene.PutBatchAsync(2, Event("a"));
        await _scene.RunAsync();

        Assert.Empty(_scene.Manifest("us-south", 2).Segments);
        Assert.Single(_scene.Segments());
    }

    [Theory]
    [InlineData("2026-11-22T04:00:00.000Z", 1)]
    [InlineData("2026-11-21T06:30:00.000Z", 1)]
    [InlineData("2026-11-21T04:59:00.000Z", 0)]
    [InlineData("2026-11-22T06:30:00.000Z", 1)]
    [InlineData("2026-11-22T07:00:00.000Z", 0)]
    public async Task An_event_of_assumed_time_is_looked_for_in_the_24_hours_before_and_the_one_behind(string first, int duplicates)
    {
        await _scene.PutBatchAsync(1, Event("a", first, assumed: true));
        await _scene.RunAsync();
        await _scene.PutBatchAsync(2, Event("a", "2026-11-22T05:45:00.000Z", assumed: true));

        Assert.Equal(duplicates, (await _scene.RunAsync()).Counts.Duplicate);
    }

    [Fact]
    public async Task An_event_whose_time_is_known_is_looked_for_in_its_hour_only()
    {
        await _scene.PutBatchAsync(1, Event("a", "2026-11-22T04:00:00.000Z"));
        await _scene.RunAsync();
        await _scene.PutBatchAsync(2, Event("a", "2026-11-22T05:00:00.000Z"));

        Assert.Equal(0, (await _scene.RunAsync()).Counts.Duplicate);
    }

    [Fact]
    public async Task A_late_event_gets_a_new_segment_in_its_old_hour_and_nothing_is_rewritten()
    {
        await _scene.PutBatchAsync(1, Event("in time"));
        await _scene.RunAsync();
        var first = _scene.Segments().Single();
        var before = Hash(_scene.Bytes(Containers.Archive, first).Span);
        await _scene.PutBatchAsync(2, Event("much later", "2026-11-23T05:00:00.000Z"));
        await _scene.RunAsync();
        await _scene.PutBatchAsync(3, Event("late"));

        await _scene.RunAsync();

        Assert.Equal(
            [first, $"region=us-south/date=2026-11-22/hour=05/0000000003-{Hash(Event("late") + "\n")[..12]}.ndjson.gz"],
            _scene.Segments().Where(path => path.Contains("/date=2026-11-22/hour=05/", StringComparison.Ordinal)));
        Assert.Equal(before, Hash(_scene.Bytes(Containers.Archive, first).Span));
        Assert.Equal(3, _scene.ArchivedLines().Count);
    }

    [Fact]
    public async Task Nothing_received_ever_leaves_nothing_behind()
    {
        Assert.Equal(default, await _scene.RunAsync());

        Assert.Empty(_scene.Store.Blobs);
    }

    [Fact]
    public async Task An_hour_of_silence_ends_in_a_note_and_less_does_not()
    {
        await _scene.PutBatchAsync(1, Event("a"));
        await _scene.RunAsync();
        _scene.Time.Advance(TimeSpan.FromMinutes(59.9));
        Assert.Equal(0, (await _scene.RunAsync()).Plans);

        _scene.Time.Advance(TimeSpan.FromMinutes(0.1));
        Assert.Equal(1, (await _scene.RunAsync()).Plans);

        var manifest = Hash(_scene.Bytes(Containers.Archive, "region=us-south/manifests/0000000001.json").Span);
        Assert.Equal(
            $"trailgate\n2\n2026-11-22T07:00:00.000Z\n{Hash(_scene.Text(Containers.Ledger, "0000000001.note"))}\nus-south 1 {manifest}\n\n",
            _scene.Text(Containers.Ledger, "0000000002.note"));
    }

    [Fact]
    public async Task A_plan_takes_no_more_batches_than_the_setting_and_the_run_repeats_plans()
    {
        _scene.Options.PlanBatches = 2;
        for (var i = 1; i <= 5; i++)
        {
            await _scene.PutBatchAsync(i, Event($"e{i}"));
        }

        var done = await _scene.RunAsync();

        Assert.Equal((3, 5), (done.Plans, done.Batches));
        Assert.Equal([2, 2, 1], Enumerable.Range(1, 3).Select(i => _scene.Manifest("us-south", i).Batches.Count));
    }

    [Fact]
    public async Task A_batch_over_the_limit_of_bytes_is_a_plan_of_its_own()
    {
        _scene.Options.PlanBytes = Batch(Event("e1"), Event("e2")).Length;
        await _scene.PutBatchAsync(1, Event("e1"), Event("e2"));
        await _scene.PutBatchAsync(2, [.. Enumerable.Range(0, 100).Select(i => Event($"many{i}"))]);
        await _scene.PutBatchAsync(3, Event("e3"));

        Assert.Equal((3, 3), await _scene.RunAsync() is var done ? (done.Plans, done.Batches) : default);
    }

    [Fact]
    public async Task A_plan_writes_no_more_than_1000_regions_and_hours()
    {
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        string[] Hours(int from, int count) =>
            [.. Enumerable.Range(from, count).Select(i => Event($"h{i}", start.AddHours(i).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", null)))];
        await _scene.PutBatchAsync(1, Hours(0, 600));
        await _scene.PutBatchAsync(2, Hours(0, 1000));
        await _scene.PutBatchAsync(3, Event("h1000", "2026-11-22T05:00:00.000Z"));

        var done = await _scene.RunAsync();

        Assert.Equal(2, done.Plans);
        Assert.Equal(1000, _scene.Manifest("us-south", 1).Segments.Count);
        Assert.Equal(new ArchiveCounts(1601, 1001, 600, 0), _scene.Manifest("us-south", 2).Totals);
    }

    [Fact]
    public async Task A_run_ends_though_new_batches_keep_coming()
    {
        _scene.Options.PlanBatches = 1;
        await _scene.PutBatchAsync(1, Event("e1"));
        await _scene.PutBatchAsync(2, Event("e2"));
        var number = 2;
        _scene.Store.Before = call =>
        {
            if (call is { Operation: Trailgate.Tests.Storage.BlobOperation.Put } && call.Target.StartsWith("ledger/", StringComparison.Ordinal))
            {
                number++;
                _scene.PutBatchAsync(number, Event($"e{number}")).GetAwaiter().GetResult();
            }
        };

        Assert.Equal(2, (await _scene.RunAsync()).Plans);
    }

    [Fact]
    public async Task A_segment_is_gzip_of_members_of_at_most_256_KiB_of_lines()
    {
        var filler = new string('x', 10_000);
        await _scene.PutBatchAsync(1, [.. Enumerable.Range(0, 100).Select(i => Event($"{filler}{i}"))]);

        await _scene.RunAsync();

        var segment = _scene.Segments().Single();
        var sizes = GzipMembers.Sizes(_scene.Bytes(Containers.Archive, segment).ToArray());
        Assert.Equal(_scene.Manifest("us-south", 1).Segments.Single().UncompressedBytes, sizes.Sum());
        Assert.All(sizes, size => Assert.InRange(size, 1, 256 * 1024));
        Assert.All(sizes.SkipLast(1), size => Assert.InRange(size, 256 * 1024 - 10_400, 256 * 1024));
    }
}
