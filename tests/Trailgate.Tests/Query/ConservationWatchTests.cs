using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Hosting;
using Trailgate.Query;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Query.QueryStore;

namespace Trailgate.Tests.Query;

/// <summary>One side of the identity is made wrong, and people hear of it.</summary>
public class ConservationWatchTests
{
    private readonly QueryStore _store = new();
    private readonly List<(string Subject, string Message)> _raised = [];

    [Fact]
    public async Task As_long_as_everything_is_somewhere_nobody_hears_of_it()
    {
        await _store.CommitAsync([Event(1, "05:00:00"), Event(2, "05:00:00", "eu-de")], duplicates: 2, quarantined: 1);
        await _store.NoteAsync();
        await _store.BatchAsync(Event(3, "05:00:00"), Quarantined("eu-de"));

        await CheckAsync();

        Assert.Empty(_raised);
    }

    [Fact]
    public async Task A_manifest_that_received_more_than_became_of_it_is_reported_with_region_and_numbers()
    {
        await _store.CommitAsync([Event(1, "05:00:00", "eu-de"), Event(2, "05:00:00")], duplicates: 3, quarantined: 4, lost: 2);
        await _store.NoteAsync();
        await _store.BatchAsync(Event(3, "05:00:00", "eu-de"));

        await CheckAsync();

        Assert.Equal(
            [("conservation: eu-de is off by 2",
                "The counters of the region eu-de do not add up: 11 received; 1 archived, 3 duplicate, 4 quarantined and 1 in flight are 9. `trailgate verify` tells more.")],
            _raised);
    }

    [Theory]
    [InlineData(1, "conservation: us-south is off by 1")]
    [InlineData(-1, "conservation: us-south is off by -1")]
    public async Task A_waiting_batch_in_which_trailer_and_lines_differ_is_reported(int more, string subject)
    {
        string[] lines = [Event(1, "05:00:00"), Event(2, "05:00:00")];
        var trailer = new BatchTrailer(lines.Length, new string('0', 64), new Dictionary<Region, BatchCounts> { [UsSouth] = new(2 + more, 0) });
        await _store.RawBatchAsync($"{lines[0]}\n{lines[1]}\n{Encoding.UTF8.GetString(trailer.ToLine())}\n");

        await CheckAsync();

        Assert.Equal(subject, Assert.Single(_raised).Subject);
    }

    [Fact]
    public async Task A_break_keeps_its_subject_while_more_comes_in_and_a_second_one_has_another()
    {
        await _store.CommitAsync([Event(1, "05:00:00")], lost: 1);
        await _store.NoteAsync();
        await CheckAsync();
        await _store.ArchiveAsync(Event(2, "05:00:00"));
        await CheckAsync();
        await _store.CommitAsync([Event(3, "05:00:00")], lost: 1);
        await _store.NoteAsync();
        await CheckAsync();

        Assert.Equal(
            ["conservation: us-south is off by 1", "conservation: us-south is off by 1", "conservation: us-south is off by 2"],
            _raised.Select(alert => alert.Subject));
    }

    [Fact]
    public async Task While_archive_runs_never_rest_nothing_is_said()
    {
        await _store.CommitAsync([Event(1, "05:00:00")], lost: 1);
        await _store.NoteAsync();
        _store.Blobs.Before = call =>
        {
            if (call is { Operation: BlobOperation.List } && call.Target.StartsWith("inbox/", StringComparison.Ordinal))
            {
                _store.PlanAsync().GetAwaiter().GetResult();
            }
        };

        await CheckAsync();

        Assert.Empty(_raised);
    }

    [Fact]
    public async Task Every_run_of_the_product_looks_and_a_break_is_told_once_though_each_run_is_of_a_new_process()
    {
        await _store.CommitAsync([Event(1, "05:00:00")], lost: 1);
        await _store.NoteAsync();
        for (var restart = 0; restart < 3; restart++)
        {
            await using var services = Services();
            await services.GetRequiredService<Archiver>().RunAsync(CancellationToken.None);
        }

        var alert = Assert.Single(_store.Blobs.Blobs, blob => blob.Key.Path.StartsWith("matches/pipeline/", StringComparison.Ordinal));
        var text = Encoding.UTF8.GetString(alert.Value.Span);
        Assert.Contains("\"rule\":\"pipeline\"", text, StringComparison.Ordinal);
        Assert.Contains("2 received; 1 archived, 0 duplicate, 0 quarantined and 0 in flight are 1.", text, StringComparison.Ordinal);
        Assert.Single(_store.Queue.Bodies);
    }

    [Fact]
    public void A_region_that_is_short_in_one_store_and_over_in_another_is_not_balanced()
    {
        var report = new StatsReport
        {
            Stores = [Report(new(2, 1, 0, 0, 0)), Report(new(1, 2, 0, 0, 0))],
            Unavailable = [],
            QueuedAlerts = 0,
        };

        Assert.True(report.Regions[UsSouth].Balanced);
        Assert.False(report.IsBalanced(UsSouth));
        Assert.True(report.IsBalanced(Region.Unknown));
    }

    private static Region UsSouth => Region.TryParse("us-south", out var region) ? region : throw new InvalidOperationException();

    private static StoreReport Report(RegionStats counts) => new()
    {
        Name = "x",
        Regions = new Dictionary<Region, RegionStats> { [UsSouth] = counts },
        Settled = true,
        WaitingBatches = 0,
        DamagedBatches = 0,
        OldestWaiting = null,
        LastNote = null,
    };

    private Task CheckAsync() => new ConservationWatch(_store.NewReaders(), _store.Time).CheckAsync(
        OneStore.Over(_store.Blobs),
        (subject, message, _) =>
        {
            _raised.Add((subject, message));
            return Task.CompletedTask;
        },
        CancellationToken.None);

    private ServiceProvider Services() => new ServiceCollection()
        .AddSingleton<TimeProvider>(_store.Time)
        .AddSingleton<IBlobStore>(_store.Blobs)
        .AddSingleton<IMessageQueue>(_store.Queue)
        .AddSingleton(Trailgate.Signing.SigningKeys.None)
        .AddLogging()
        .AddTrailgate(new ConfigurationManager())
        .AddSingleton(Trailgate.Signing.SigningKeys.None)
        .BuildServiceProvider();
}
