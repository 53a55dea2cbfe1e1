using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Alerts;
using Trailgate.Alerts.Channels;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Silence;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Signing;
using Trailgate.Storage;
using Trailgate.Tests.Alerts.Grouping;
using Trailgate.Tests.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Alerts.Silence;

public sealed class SilenceWatchTests
{
    private readonly GroupWorld _world = new();

    [Fact]
    public async Task A_source_that_is_quiet_for_longer_than_its_interval_raises_one_alert_and_its_end_resolves_it()
    {
        var watch = Watch(Expect("ibm", source: "ibm"));
        await ReceiveAsync("ibm", "us-south");
        await LookAsync(watch, TimeSpan.Zero);
        await LookAsync(watch, TimeSpan.FromMinutes(59));
        await ReceiveAsync("other", "us-south");
        Assert.Empty(_world.Told);

        await LookAsync(watch, TimeSpan.FromMinutes(2));
        await LookAsync(watch, TimeSpan.FromMinutes(1));
        var alert = Assert.Single(_world.Told);
        Assert.Contains("Nothing was heard of source ibm for more than 01:00:00.", Json(alert), StringComparison.Ordinal);
        Assert.True(alert.IsPipeline);

        await ReceiveAsync("ibm", "us-south");
        await LookAsync(watch, TimeSpan.FromMinutes(1));
        await LookAsync(watch, TimeSpan.FromMinutes(1));
        Assert.Equal(2, _world.Told.Count);
        var end = _world.Told[1];
        Assert.Equal(NotificationKind.Resolution, end.Kind);
        Assert.Equal(alert.Thread, end.Thread);
        Assert.Contains($"\"resolves\":\"{alert.Id}\"", Json(end), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_region_is_heard_of_by_its_events_and_no_others_also_when_they_are_archived()
    {
        var watch = Watch(Expect("south", region: "us-south"));
        await ReceiveAsync("ibm", "us-south");
        await ArchiveAsync();
        await LookAsync(watch, TimeSpan.FromMinutes(1));
        _world.Time.Advance(TimeSpan.FromMinutes(58));
        await ReceiveAsync("ibm", "eu-de");
        await LookAsync(watch, TimeSpan.FromSeconds(59));
        Assert.Empty(_world.Told);

        await LookAsync(watch, TimeSpan.FromMinutes(2));
        Assert.Contains("region us-south", Json(Assert.Single(_world.Told)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_counts_from_when_it_was_watched_first_so_a_new_installation_raises_nothing_at_once()
    {
        var watch = Watch(Expect("ibm", source: "ibm"));

        await LookAsync(watch, TimeSpan.Zero);
        await LookAsync(watch, TimeSpan.FromMinutes(59));
        Assert.Empty(_world.Told);

        await LookAsync(watch, TimeSpan.FromMinutes(1));
        Assert.Single(_world.Told);
    }

    [Fact]
    public async Task Two_watches_and_a_restart_tell_the_same_once()
    {
        var options = Expect("ibm", source: "ibm");
        await LookAsync(Watch(options), TimeSpan.Zero);
        _world.Time.Advance(TimeSpan.FromHours(2));

        await Task.WhenAll(Task.Run(() => Watch(options).LookAsync(CancellationToken.None)), Task.Run(() => Watch(options).LookAsync(CancellationToken.None)));
        await LookAsync(Watch(options), TimeSpan.FromMinutes(1));

        Assert.Single(_world.Told);
    }

    [Theory]
    [InlineData(BlobOperation.Put)]
    [InlineData(BlobOperation.Replace)]
    [InlineData(BlobOperation.Read)]
    public async Task A_look_that_fails_at_any_step_is_made_up_for_by_the_next_one_and_nothing_is_told_twice(BlobOperation operation)
    {
        var watch = Watch(Expect("ibm", source: "ibm"));
        await LookAsync(watch, TimeSpan.Zero);
        _world.Time.Advance(TimeSpan.FromHours(2));
        for (var number = 1; number <= 12; number++)
        {
            var count = 0;
            var failing = number;
            _world.Memory.After = call =>
            {
                if (call.Operation == operation && Interlocked.Increment(ref count) == failing)
                {
                    throw new StorageException("The test fails this call.");
                }
            };
            try
            {
                await watch.LookAsync(CancellationToken.None);
            }
            catch (StorageException)
            {
                // As the timer does.
            }

            _world.Memory.After = null;
        }

        await LookAsync(watch, TimeSpan.FromMinutes(10));
        Assert.Single(_world.Told);
    }

    [Fact]
    public async Task Events_that_wait_too_long_for_an_archive_run_raise_an_alert_until_they_are_archived()
    {
        var watch = Watch(new AlertOptions());
        await ReceiveAsync("ibm", "us-south");
        await LookAsync(watch, TimeSpan.FromMinutes(30));
        Assert.Empty(_world.Told);

        await LookAsync(watch, TimeSpan.FromMinutes(1));
        Assert.Contains("Events wait for an archive run of the store default for more than 00:30:00.", Json(Assert.Single(_world.Told)), StringComparison.Ordinal);

        await ArchiveAsync();
        await LookAsync(watch, TimeSpan.FromMinutes(1));
        Assert.Equal(NotificationKind.Resolution, _world.Told[1].Kind);
    }

    [Fact]
    public async Task A_trouble_that_can_not_be_looked_at_is_not_said_to_be_over()
    {
        var watch = Watch(new AlertOptions());
        await ReceiveAsync("ibm", "us-south");
        await LookAsync(watch, TimeSpan.FromMinutes(31));
        var plan = new BlobName(Containers.Inbox, "plan.json");
        await _world.Memory.ReplaceAsync(plan, "no plan"u8.ToArray(), null, CancellationToken.None);

        await LookAsync(watch, TimeSpan.FromMinutes(1));

        Assert.Equal(NotificationKind.Alert, Assert.Single(_world.Told).Kind);
    }

    [Fact]
    public async Task A_ledger_without_a_new_note_for_too_long_raises_an_alert()
    {
        var watch = Watch(new AlertOptions());
        await ReceiveAsync("ibm", "us-south");
        await ArchiveAsync();
        await LookAsync(watch, TimeSpan.FromHours(3));
        Assert.Empty(_world.Told);

        await LookAsync(watch, TimeSpan.FromMinutes(1));
        Assert.Contains("ledger of the store default", Json(Assert.Single(_world.Told)), StringComparison.Ordinal);
    }

    private static AlertOptions Expect(string name, string? source = null, string? region = null) =>
        new() { ArchiveLate = TimeSpan.FromDays(7), Expect = { [name] = new ExpectOptions { Source = source, Region = region, Interval = TimeSpan.FromHours(1) } } };

    private SilenceWatch Watch(AlertOptions options)
    {
        var readers = new StoreReaders([new StoreReader(_world.Store, NullLogger<InboxReader>.Instance)], NullLogger<StoreReaders>.Instance);
        AlertChannel[] channels = [new("ops", static (_, _) => Task.FromResult<SendResult>(new SendResult.Delivered(200)))];
        return new SilenceWatch(
            _world.Stores, new Stats(readers, _world.Queue, _world.Time), new EventSearch(readers, NullLogger<EventSearch>.Instance), _world.Dispatcher,
            new Fanout(_world.Queue, _world.Dispatcher, channels), new AlertCleaner(_world.Stores, options, _world.Time), options, _world.Time,
            NullLogger<SilenceWatch>.Instance);
    }

    private async Task LookAsync(SilenceWatch watch, TimeSpan after)
    {
        _world.Time.Advance(after);
        await watch.LookAsync(CancellationToken.None);
        await _world.PumpAsync(_world.NewDelivery());
    }

    private Task<ArchiveSummary> ArchiveAsync() => new StoreArchiver(
        _world.Store, _world.Time, Microsoft.Extensions.Options.Options.Create(new ArchiveOptions()), SigningKeys.None,
        new ArchiveHooks(static (_, _, _) => Task.CompletedTask, static (_, _, _) => Task.CompletedTask),
        NullLogger<StoreArchiver>.Instance).RunAsync(CancellationToken.None);

    /// <summary>A batch with one event of a source that happens now.</summary>
    private async Task ReceiveAsync(string source, string region)
    {
        var now = EventTime.From(_world.Time.GetUtcNow());
        var line = Encoding.UTF8.GetBytes(
            $$$"""{"id":"{{{now.Ticks:x32}}}","eventTime":"{{{now}}}","action":"codeengine.application.read","outcome":"success","trailgate":{"schema":1,"region":"{{{region}}}","kind":"read","source":"{{{source}}}","receivedAt":"{{{now}}}"}}""" + "\n");
        Assert.True(Region.TryParse(region, out var where));
        var trailer = new BatchTrailer(1, MerkleRoot.OfLines(line), new Dictionary<Region, BatchCounts> { [where] = new(1, 0) });
        await _world.Memory.PutAsync(BatchName.New(_world.Time.GetUtcNow()), (byte[])[.. line, .. trailer.ToLine(), (byte)'\n'], CancellationToken.None);
    }

    private static string Json(Notification notification) => Encoding.UTF8.GetString(notification.Json.Span);
}
