using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Trailgate.Functions.Tests.Host;
using Trailgate.Storage;
using Trailgate.Tests.Ingest;
using Trailgate.Tests.Storage;

namespace Trailgate.Functions.Tests;

/// <summary>The archive timer, with the JSON that the host sends.</summary>
public sealed class TimerTests
{
    private const string OnTime = """{"ScheduleStatus":{"Last":"2026-11-22T05:55:00.01+00:00","LastUpdated":"2026-11-22T05:55:00.5+00:00","Next":"2026-11-22T06:00:00+00:00"},"IsPastDue":false}""";
    private const string PastDue = """{"ScheduleStatus":{"Last":"2026-11-21T05:55:00.01+00:00","LastUpdated":"2026-11-21T05:55:00.5+00:00","Next":"2026-11-21T06:00:00+00:00"},"IsPastDue":true}""";

    // Without the monitor the host sends no status.
    private const string Unwatched = """{"ScheduleStatus":null,"IsPastDue":false}""";

    [Theory]
    [InlineData(OnTime, false)]
    [InlineData(PastDue, true)]
    [InlineData(Unwatched, false)]
    public async Task One_run_archives_all_that_waits_however_late_it_is(string timer, bool saysSo)
    {
        await using var app = await AppInMemory.StartAsync();
        Assert.Equal(202, await app.PostAsync(Bodies.Event(region: "eu-de")));
        app.Time.Advance(TimeSpan.FromHours(5));
        Assert.Equal(202, await app.PostAsync(Bodies.Event(region: "us-south")));

        await RunAsync(app, timer);

        Assert.Empty(Waiting(app));
        Assert.Equal(
            ["region=eu-de/manifests/0000000001.json", "region=us-south/manifests/0000000001.json"],
            app.Paths(Containers.Archive).Where(path => path.Contains("/manifests/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(saysSo, app.Log.All.Any(line => line.Category == typeof(ArchiveFunction).FullName && line.Text.Contains("missed", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_run_right_after_another_writes_nothing_new()
    {
        await using var app = await AppInMemory.StartAsync();
        Assert.Equal(202, await app.PostAsync(Bodies.Event()));
        await RunAsync(app, OnTime);
        var before = app.Store.Blobs.Select(blob => blob.Key).ToList();

        await RunAsync(app, PastDue);

        Assert.Equal(before, app.Store.Blobs.Select(blob => blob.Key));
    }

    [Fact]
    public async Task Runs_at_the_same_time_archive_every_event_once()
    {
        await using var app = await AppInMemory.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(202, await app.PostAsync(Bodies.Event()));
        }

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RunAsync(app, OnTime)));

        Assert.Empty(Waiting(app));
        using var stats = JsonDocument.Parse(await app.Client.GetStringAsync(new Uri("/api/stats", UriKind.Relative)));
        Assert.Equal((5, 5, 0), (Total(stats, "received"), Total(stats, "archived"), Total(stats, "duplicate")));
    }

    [Fact]
    public async Task A_run_that_fails_is_reported_as_failed_and_the_next_one_goes_on()
    {
        await using var app = await AppInMemory.StartAsync();
        Assert.Equal(202, await app.PostAsync(Bodies.Event()));
        app.Store.Before = call =>
        {
            if (call.Operation == BlobOperation.Put && call.Target.StartsWith("archive/", StringComparison.Ordinal))
            {
                throw new StorageException("away");
            }
        };

        await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(app, OnTime));
        Assert.Single(Waiting(app));

        app.Store.Before = null;
        await RunAsync(app, OnTime);
        Assert.Empty(Waiting(app));
    }

    [Fact]
    public async Task A_run_that_the_host_calls_off_leaves_everything_for_the_next()
    {
        await using var app = await AppInMemory.StartAsync();
        Assert.Equal(202, await app.PostAsync(Bodies.Event()));
        await app.Functions.CancelInvocationsAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(app, OnTime));

        Assert.Single(Waiting(app));
    }

    private static Task RunAsync(AppInMemory app, string timer) =>
        app.Functions.InvokeAsync("ArchiveRun", JsonSerializer.Deserialize<TimerInfo>(timer)!);

    private static IEnumerable<string> Waiting(AppInMemory app) => app.Paths(Containers.Inbox).Where(path => path.StartsWith("batches/", StringComparison.Ordinal));

    private static int Total(JsonDocument stats, string counter) => stats.RootElement.GetProperty("total").GetProperty(counter).GetInt32();
}
