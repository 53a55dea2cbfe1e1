using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Alerts;
using Trailgate.Alerts.Rules;
using Trailgate.Storage;
using Trailgate.Tests.Storage;

namespace Trailgate.Tests.Alerts;

public sealed class AlertDispatcherTests
{
    private static readonly ReadOnlyMemory<byte> Deletion = AlertWorld.Line(1);
    private static readonly ReadOnlyMemory<byte> FailedDeletion = AlertWorld.Line(2, "delete", "failure");
    private static readonly ReadOnlyMemory<byte> Reading = AlertWorld.Line(3, "read");

    [Fact]
    public async Task Without_a_channel_ingest_only_writes_alerts_and_the_archive_run_queues_them()
    {
        var world = new AlertWorld();
        var alone = new AlertDispatcher(world.Stores, world.Queue, RuleSet.Default, world.Time, NullLogger<AlertDispatcher>.Instance)
        {
            HasChannels = false,
        };

        await alone.QueueAsync(world.Default, AlertWorld.BatchName, [Deletion], 0, CancellationToken.None);

        Assert.Equal([AlertWorld.MatchesPath], world.AlertPaths);
        Assert.Equal(0, await world.Queue.CountAsync(CancellationToken.None));

        await alone.CatchUpAsync(world.Default, AlertWorld.BatchName, AlertWorld.BatchOf(0, Deletion), CancellationToken.None);
        Assert.Equal(1, await world.Queue.CountAsync(CancellationToken.None));
        Assert.Equal([AlertWorld.MatchesPath, AlertWorld.MarkPath], world.AlertPaths.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_batch_becomes_one_blob_of_alerts_one_message_and_a_mark()
    {
        var world = new AlertWorld();

        await world.QueueAsync(3, Deletion, FailedDeletion);

        Assert.Equal([AlertWorld.MatchesPath, AlertWorld.MarkPath], world.AlertPaths);
        Assert.Equal(["delete", "delete", "failure", "pipeline"], world.StoredAlerts().Select(alert => alert.Rule));
        Assert.Equal(
            """{"schema":"trailgate.alert-delivery","version":1,"store":"default","blob":"matches/2026-06-09/06/019eab00-0000-7000-8000-000000000001.ndjson"}""",
            Encoding.UTF8.GetString(Assert.Single(world.Queue.Bodies).Span));
    }

    [Fact]
    public async Task Nothing_is_written_when_nothing_matches_and_nothing_is_quarantined()
    {
        var world = new AlertWorld();

        await world.QueueAsync(0);
        await world.Dispatcher.CatchUpAsync(world.Default, AlertWorld.BatchName, AlertWorld.BatchOf(0, Reading), CancellationToken.None);

        Assert.Empty(world.Store.Blobs);
        Assert.Empty(world.Queue.Bodies);
    }

    [Fact]
    public async Task Copies_of_an_event_in_a_batch_raise_one_alert()
    {
        var world = new AlertWorld();

        await world.QueueAsync(0, Deletion, Deletion);

        Assert.Single(world.StoredAlerts());
    }

    [Fact]
    public async Task The_run_writes_the_same_bytes_as_ingest_at_another_time()
    {
        var first = new AlertWorld();
        var second = new AlertWorld();
        second.Time.Advance(TimeSpan.FromMinutes(7));

        await first.QueueAsync(2, Deletion, FailedDeletion);
        await second.Dispatcher.CatchUpAsync(second.Default, AlertWorld.BatchName, AlertWorld.BatchOf(2, Deletion, Reading, FailedDeletion), CancellationToken.None);

        Assert.Equal(first.Text(AlertWorld.MatchesPath), second.Text(AlertWorld.MatchesPath));
        Assert.Contains("\"raisedAt\":\"2026-06-09T06:09:24.480Z\"", first.Text(AlertWorld.MatchesPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_run_does_nothing_when_the_alerts_were_queued()
    {
        var world = new AlertWorld();
        await world.QueueAsync(0, Deletion);

        await world.Dispatcher.CatchUpAsync(world.Default, AlertWorld.BatchName, AlertWorld.BatchOf(0, Deletion), CancellationToken.None);

        Assert.Single(world.Queue.Bodies);
    }

    /// <summary>Steps of QueueAsync: the blob (put 1), the message (send 1), the mark (put 2); each fails before or after it is done.</summary>
    [Theory]
    [InlineData("put 1", false, 1)]
    [InlineData("put 1", true, 1)]
    [InlineData("send 1", false, 1)]
    [InlineData("send 1", true, 2)]
    [InlineData("put 2", false, 2)]
    [InlineData("put 2", true, 1)]
    public async Task A_fault_at_any_step_reaches_no_sender_and_the_run_makes_up_for_it(string step, bool applied, int messages)
    {
        var world = new AlertWorld();
        FailOnce(world, step, applied);

        await world.QueueAsync(0, Deletion);
        await world.Dispatcher.CatchUpAsync(world.Default, AlertWorld.BatchName, AlertWorld.BatchOf(0, Deletion), CancellationToken.None);

        Assert.Equal([AlertWorld.MatchesPath, AlertWorld.MarkPath], world.AlertPaths);
        Assert.Equal(messages, world.Queue.Bodies.Count);
        var receiver = new FakeReceiver(200);
        await world.PumpAsync(world.NewDelivery(receiver.Channel()));
        Assert.Single(receiver.Received);
    }

    [Theory]
    [InlineData("put 1", false)]
    [InlineData("put 1", true)]
    [InlineData("send 1", false)]
    [InlineData("send 1", true)]
    [InlineData("put 2", false)]
    [InlineData("put 2", true)]
    public async Task A_fault_in_the_run_is_thrown_so_that_the_batch_stays_and_the_next_run_ends_the_work(string step, bool applied)
    {
        var world = new AlertWorld();
        FailOnce(world, step, applied);
        var batch = AlertWorld.BatchOf(0, Deletion);

        await Assert.ThrowsAsync<StorageException>(() => world.Dispatcher.CatchUpAsync(world.Default, AlertWorld.BatchName, batch, CancellationToken.None));
        await world.Dispatcher.CatchUpAsync(world.Default, AlertWorld.BatchName, batch, CancellationToken.None);

        Assert.Equal([AlertWorld.MatchesPath, AlertWorld.MarkPath], world.AlertPaths);
        Assert.NotEmpty(world.Queue.Bodies);
    }

    [Fact]
    public async Task A_failure_of_the_pipeline_is_raised_once_for_its_subject()
    {
        var world = new AlertWorld();

        await world.Dispatcher.RaiseAsync("runs/2026-11-22", "The run failed.", CancellationToken.None);
        world.Time.Advance(TimeSpan.FromHours(1));
        await world.Dispatcher.RaiseAsync("runs/2026-11-22", "The run failed again.", CancellationToken.None);

        // printf 'pipeline\nruns/2026-11-22' | sha256sum
        const string Id = "8097ceac5d0261b40e0e016859fd223f";
        Assert.Equal([$"matches/pipeline/{Id}.ndjson", $"queued/pipeline/{Id}"], world.AlertPaths);
        Assert.Single(world.Queue.Bodies);
        Assert.Equal(
            """{"schema":1,"id":"8097ceac5d0261b40e0e016859fd223f","rule":"pipeline","severity":"critical","raisedAt":"2026-11-22T06:00:00.000Z","subject":"runs/2026-11-22","message":"The run failed."}""" + "\n",
            world.Text($"matches/pipeline/{Id}.ndjson"));
    }

    [Fact]
    public async Task A_failure_that_could_not_be_queued_is_queued_when_it_is_raised_again()
    {
        var world = new AlertWorld();
        FailOnce(world, "send 1", applied: false);

        await Assert.ThrowsAsync<StorageException>(() => world.Dispatcher.RaiseAsync("runs/1", "It failed.", CancellationToken.None));
        world.Time.Advance(TimeSpan.FromMinutes(5));
        await world.Dispatcher.RaiseAsync("runs/1", "It failed.", CancellationToken.None);

        Assert.Single(world.Queue.Bodies);
    }

    private static void FailOnce(AlertWorld world, string step, bool applied)
    {
        void OnPut(BlobCall call)
        {
            if (call.Operation == BlobOperation.Put && step == $"put {call.Number}")
            {
                throw new StorageException("The test fails this put.");
            }
        }

        void OnSend(QueueCall call)
        {
            if (call.Operation == QueueOperation.Send && step == $"send {call.Number}")
            {
                throw new StorageException("The test fails this send.");
            }
        }

        if (applied)
        {
            (world.Store.After, world.Queue.After) = (OnPut, OnSend);
        }
        else
        {
            (world.Store.Before, world.Queue.Before) = (OnPut, OnSend);
        }
    }
}
