using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Query.QueryStore;

namespace Trailgate.Tests.Query;

public class StatsTests
{
    private readonly QueryStore _store = new();

    [Fact]
    public async Task An_empty_store_is_balanced()
    {
        var report = await ReadAsync();

        Assert.True(report.Balanced);
        Assert.True(report.Settled);
        Assert.Equal(default, report.Total);
        Assert.Empty(report.Regions);
        Assert.Null(report.Stores[0].LastNote);
        Assert.Null(report.OldestWaiting);
    }

    [Fact]
    public async Task What_waits_is_in_flight_by_region()
    {
        await _store.BatchAsync(Event(1, "05:00:00"), Event(2, "05:00:00", "eu-de"), Quarantined("eu-de"));
        await _store.BatchAsync(Event(3, "05:00:00", "eu-de"));

        var report = await ReadAsync();

        Assert.Equal(new RegionStats(4, 0, 0, 0, 4), report.Total);
        Assert.Equal(new RegionStats(1, 0, 0, 0, 1), report.Regions[Named("us-south")]);
        Assert.Equal(new RegionStats(3, 0, 0, 0, 3), report.Regions[Named("eu-de")]);
        Assert.Equal(2, report.WaitingBatches);
        Assert.True(report.Balanced);
    }

    [Fact]
    public async Task The_identity_holds_after_each_step_of_a_run()
    {
        // Four items: two events, a copy, something that is no event. A fifth event arrives while the run is on its way.
        var inFlight = new RegionStats(4, 0, 0, 0, 4);
        var first = await _store.BatchAsync(Event(1, "05:00:00"), Event(2, "05:01:00"));
        var second = await _store.BatchAsync(Event(2, "05:01:00"), Quarantined("us-south"));
        await ShowsAsync("received", inFlight, waiting: 2);

        await _store.PlanAsync(first, second);
        await ShowsAsync("planned", inFlight, waiting: 2);

        await _store.CommitAsync([Event(1, "05:00:00"), Event(2, "05:01:00")], duplicates: 1, quarantined: 1);
        await ShowsAsync("manifest, but no note", inFlight, waiting: 2);

        await _store.NoteAsync();
        await ShowsAsync("note, batches not deleted", new RegionStats(4, 2, 1, 1, 0), waiting: 0);

        await _store.BatchAsync(Event(3, "05:02:00"));
        await ShowsAsync("another batch", new RegionStats(5, 2, 1, 1, 1), waiting: 1);

        await _store.DeleteAsync(first);
        await ShowsAsync("one batch deleted", new RegionStats(5, 2, 1, 1, 1), waiting: 1);

        await _store.DeleteAsync(second);
        await ShowsAsync("both deleted", new RegionStats(5, 2, 1, 1, 1), waiting: 1);

        await _store.DoneAsync();
        await ShowsAsync("done", new RegionStats(5, 2, 1, 1, 1), waiting: 1);
    }

    [Fact]
    public async Task The_identity_holds_through_the_second_run_too()
    {
        await RunAsync(await _store.BatchAsync(Event(1, "05:00:00")), Event(1, "05:00:00"));
        var batch = await _store.BatchAsync(Event(2, "05:00:00", "eu-de"));
        await ShowsAsync("received", new RegionStats(2, 1, 0, 0, 1), waiting: 1);

        await _store.PlanAsync(batch);
        await _store.CommitAsync([Event(2, "05:00:00", "eu-de")]);
        await ShowsAsync("manifest, but no note", new RegionStats(2, 1, 0, 0, 1), waiting: 1);

        await _store.NoteAsync();
        await ShowsAsync("note", new RegionStats(2, 2, 0, 0, 0), waiting: 0);
    }

    [Theory]
    [InlineData("inbox/plan.json")]
    [InlineData("ledger/")]
    [InlineData("inbox/batches/")]
    [InlineData("archive/")]
    public async Task A_run_that_ends_while_the_counters_are_read_is_counted_once(string target)
    {
        await RunAsync(await _store.BatchAsync(Event(1, "05:00:00")), Event(1, "05:00:00"));
        var batch = await _store.BatchAsync(Event(2, "05:00:00"));
        await _store.PlanAsync(batch);
        await _store.CommitAsync([Event(2, "05:00:00")]);
        _store.Blobs.Before = call =>
        {
            if (call.Target.StartsWith(target, StringComparison.Ordinal))
            {
                _store.Blobs.Before = null;
                _store.NoteAsync().GetAwaiter().GetResult();
                _store.DeleteAsync(batch).GetAwaiter().GetResult();
                _store.DoneAsync().GetAwaiter().GetResult();
            }
        };

        var report = await ReadAsync();

        Assert.Null(_store.Blobs.Before);
        Assert.True(report.Settled);
        Assert.Equal(new RegionStats(2, 2, 0, 0, 0), report.Total);
    }

    [Fact]
    public async Task An_archive_that_never_rests_is_reported_as_not_settled()
    {
        await _store.ArchiveAsync(Event(1, "05:00:00"));
        await _store.PlanAsync();
        var runs = 0;
        _store.Blobs.After = call =>
        {
            // A new plan behind each reading of the plan: 5 tries of 2 readings.
            if (call is { Operation: BlobOperation.Read, Target: "inbox/plan.json" })
            {
                runs++;
                _store.DoneAsync().GetAwaiter().GetResult();
            }
        };

        var report = await ReadAsync();

        Assert.False(report.Settled);
        Assert.Equal(10, runs);
    }

    [Fact]
    public async Task A_region_that_lost_what_another_gained_is_not_balanced()
    {
        var total = new StatsReport
        {
            Stores = [Report(new() { [Named("eu-de")] = new(2, 1, 0, 0, 0), [Named("us-south")] = new(1, 2, 0, 0, 0) })],
            Unavailable = [],
            QueuedAlerts = 0,
        };

        Assert.True(total.Total.Balanced);
        Assert.False(total.Balanced);
        Assert.True((await ReadAsync()).Balanced);
    }

    [Fact]
    public async Task A_batch_with_a_line_less_than_its_trailer_received_breaks_the_identity()
    {
        var batch = await _store.BatchAsync(Event(1, "05:00:00"), Event(2, "05:00:00"));
        var bytes = (await _store.Blobs.ReadAsync(batch, default))!.Bytes;
        var cut = bytes[(bytes.Span.IndexOf((byte)'\n') + 1)..];
        await _store.DeleteAsync(batch);
        await _store.RawBatchAsync(Encoding.UTF8.GetString(cut.Span));

        var report = await ReadAsync();

        Assert.Equal(new RegionStats(2, 0, 0, 0, 1), report.Total);
        Assert.False(report.Balanced);
        Assert.Equal(1, report.DamagedBatches);
    }

    [Theory]
    [InlineData("")] // an empty blob
    [InlineData("{\"batch\":{}}\n")] // a trailer that says nothing
    [InlineData("no json\n")]
    public async Task A_batch_that_is_none_is_counted_as_damaged(string content)
    {
        await _store.RawBatchAsync(content);

        var report = await ReadAsync();

        Assert.Equal(1, report.DamagedBatches);
        Assert.Equal(1, report.WaitingBatches);
    }

    [Fact]
    public async Task A_batch_whose_lines_were_changed_is_damaged_although_the_counts_agree()
    {
        var batch = await _store.BatchAsync(Event(1, "05:00:00"));
        var text = Encoding.UTF8.GetString((await _store.Blobs.ReadAsync(batch, default))!.Bytes.Span);
        await _store.DeleteAsync(batch);
        await _store.RawBatchAsync(text.Replace("success", "failure", StringComparison.Ordinal));

        var report = await ReadAsync();

        Assert.True(report.Balanced);
        Assert.Equal(1, report.DamagedBatches);
    }

    [Fact]
    public async Task The_age_of_the_oldest_waiting_batch_is_told_by_its_name()
    {
        // The builder makes its first batch an hour before the clock's time, each further one a second later.
        var first = await _store.BatchAsync(Event(1, "05:00:00"));
        await _store.BatchAsync(Event(2, "05:00:00"));
        Assert.Equal(TimeSpan.FromHours(1), (await ReadAsync()).OldestWaiting);

        await _store.DeleteAsync(first);
        _store.Time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(TimeSpan.FromSeconds(3_660), (await ReadAsync()).OldestWaiting);
    }

    [Fact]
    public async Task Batches_of_a_committed_plan_do_not_count_as_waiting()
    {
        var batch = await _store.BatchAsync(Event(1, "05:00:00"));
        await _store.PlanAsync(batch);
        await _store.ArchiveAsync(Event(1, "05:00:00"));

        var report = await ReadAsync();

        Assert.Equal(0, report.WaitingBatches);
        Assert.Null(report.OldestWaiting);
        Assert.Equal((1, _store.Time.GetUtcNow()), report.Stores[0].LastNote);
    }

    [Fact]
    public async Task Messages_in_the_alert_queue_are_counted()
    {
        await _store.Queue.SendAsync("a"u8.ToArray(), TimeSpan.Zero, default);
        await _store.Queue.SendAsync("b"u8.ToArray(), TimeSpan.FromHours(1), default);

        Assert.Equal(2, (await ReadAsync()).QueuedAlerts);
    }

    [Fact]
    public async Task A_batch_and_a_head_are_read_once_however_often_one_asks()
    {
        await RunAsync(await _store.BatchAsync(Event(1, "05:00:00")), Event(1, "05:00:00"));
        await _store.BatchAsync(Event(2, "05:00:00"));
        await ReadAsync();

        Assert.Equal(["plan.json", "plan.json"], await _store.OpenedAsync(Containers.Inbox, ReadAsync));
        Assert.Empty(await _store.OpenedAsync(Containers.Archive, ReadAsync));
        Assert.Empty(await _store.OpenedAsync(Containers.Ledger, ReadAsync));
    }

    [Fact]
    public async Task A_manifest_that_is_not_the_one_of_the_note_is_a_damage_and_not_a_number()
    {
        await _store.ArchiveAsync(Event(1, "05:00:00"));
        var name = ArchiveNames.Manifest(Named("us-south"), 1);
        var manifest = ManifestJson.Read((await _store.Blobs.ReadAsync(name, default))!.Bytes)!;
        await _store.Blobs.DeleteAsync(name, default);
        await _store.Blobs.PutAsync(name, ManifestJson.Write(manifest with { Totals = new ArchiveCounts(9, 9, 0, 0) }), default);

        await Assert.ThrowsAsync<ArchiveDamagedException>(ReadAsync);
    }

    private async Task RunAsync(BlobName batch, params string[] events)
    {
        await _store.PlanAsync(batch);
        await _store.ArchiveAsync(events);
        await _store.DeleteAsync(batch);
        await _store.DoneAsync();
    }

    private async Task ShowsAsync(string step, RegionStats expected, int waiting)
    {
        var report = await ReadAsync();
        Assert.Equal((step, expected, waiting, true), (step, report.Total, report.WaitingBatches, report.Balanced));

        // A process that starts now, and remembers nothing, sees the same.
        var fresh = await new Stats(_store.NewReaders(), _store.Queue, _store.Time).ReadAsync(default);
        Assert.Equal((step, expected, waiting, true), (step, fresh.Total, fresh.WaitingBatches, fresh.Balanced));
    }

    private static StoreReport Report(Dictionary<Region, RegionStats> regions, string name = "default", bool settled = true) => new()
    {
        Name = name,
        Regions = regions,
        Settled = settled,
        WaitingBatches = 0,
        DamagedBatches = 0,
        OldestWaiting = null,
        LastNote = null,
    };

    private Task<StatsReport> ReadAsync() => _store.Stats.ReadAsync(default);

    private static Region Named(string name) => Region.TryParse(name.AsSpan(), out var region) ? region : throw new ArgumentException(name, nameof(name));
}
