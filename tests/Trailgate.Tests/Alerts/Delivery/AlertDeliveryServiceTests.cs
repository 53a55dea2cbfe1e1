using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Alerts.Channels;
using Trailgate.Alerts.Delivery;
using Trailgate.Storage;
using Trailgate.Tests.Storage;

namespace Trailgate.Tests.Alerts.Delivery;

public sealed class AlertDeliveryServiceTests
{
    // Only a broken test waits for so long.
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly AlertWorld _world = new();

    [Fact]
    public async Task What_this_process_queued_is_delivered_without_waiting_for_the_next_poll()
    {
        var delivered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var service = await StartAsync(Answering(() => delivered.TrySetResult()));
        await IdleAsync();

        await QueueAsync(1);

        await delivered.Task.WaitAsync(Guard);
        await service.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task What_another_process_queued_is_seen_by_the_next_poll()
    {
        var delivered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var service = await StartAsync(Answering(() => delivered.TrySetResult()));
        await IdleAsync();

        await _world.NewDispatcher().QueueAsync(_world.Default, AlertWorld.BatchName, [AlertWorld.Line(1)], 0, CancellationToken.None);
        Assert.False(delivered.Task.IsCompleted);
        _world.Time.Advance(TimeSpan.FromSeconds(1));

        await delivered.Task.WaitAsync(Guard);
        await service.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_handled_message_is_deleted()
    {
        var deleted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Queue.After = call => Complete(deleted, call is { Operation: QueueOperation.Delete, Number: 2 });
        using var service = await StartAsync(new FakeReceiver(200).Channel());

        await QueueAsync(1);

        await deleted.Task.WaitAsync(Guard);
        Assert.Empty(_world.Queue.Bodies);
        await service.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_queue_that_can_not_be_read_is_asked_again_after_a_while()
    {
        var delivered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Queue.Before = call =>
        {
            if (call is { Operation: QueueOperation.Receive, Number: <= 2 })
            {
                throw new StorageException("The test fails this call.");
            }
        };
        await QueueAsync(1);
        using var service = await StartAsync(Answering(() => delivered.TrySetResult()));

        await IdleAsync();
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await IdleAsync();
        Assert.False(delivered.Task.IsCompleted);
        _world.Time.Advance(TimeSpan.FromSeconds(2));

        await delivered.Task.WaitAsync(Guard);
        await service.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_message_that_fails_five_times_is_put_aside()
    {
        var deleted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sends = 0;
        AlertChannel broken = new("ops", (alert, _) => alert.IsPipeline
            ? Task.FromResult(FakeReceiver.Answer(200))
            : throw new InvalidOperationException($"fault {Interlocked.Increment(ref sends)}"));
        await QueueAsync(1);
        _world.Queue.After = call => Complete(deleted, call is { Operation: QueueOperation.Delete, Number: 2 });
        using var service = await StartAsync(broken);

        for (var take = 1; take <= 5; take++)
        {
            while (Volatile.Read(ref sends) < take)
            {
                await IdleAsync();
                _world.Time.Advance(TimeSpan.FromSeconds(20));
            }
        }

        await deleted.Task.WaitAsync(Guard);
        Assert.Equal(5, sends);
        var letter = _world.Json(Assert.Single(_world.AlertPaths, path => path.StartsWith("dead-messages/", StringComparison.Ordinal)));
        Assert.Equal("It failed 5 times, the last time by InvalidOperationException: fault 5", letter.GetProperty("reason").GetString());
        await service.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_stop_ends_the_send_in_flight_and_leaves_the_message_for_the_next_process_at_once()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        AlertChannel hanging = new("ops", async (_, token) =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            throw new InvalidOperationException("never reached");
        });
        using var service = await StartAsync(hanging);
        await QueueAsync(1);
        await reached.Task.WaitAsync(Guard);

        await service.StopAsync(CancellationToken.None);

        var receiver = new FakeReceiver(200);
        Assert.Equal(1, await _world.PumpAsync(_world.NewDelivery(receiver.Channel())));
        Assert.Single(receiver.Received);
        Assert.Empty(_world.Queue.Bodies);
    }

    [Fact]
    public async Task No_more_messages_are_taken_than_can_be_handled_at_once()
    {
        using var release = new SemaphoreSlim(0);
        using var entered = new SemaphoreSlim(0);
        AlertChannel slow = new("ops", async (_, token) =>
        {
            entered.Release();
            await release.WaitAsync(token);
            return new SendResult.Delivered(200);
        });
        for (var subject = 1; subject <= 3; subject++)
        {
            await _world.Dispatcher.RaiseAsync($"runs/{subject}", "It failed.", CancellationToken.None);
        }

        using var service = await StartAsync(slow, concurrency: 2);
        Assert.True(await entered.WaitAsync(Guard));
        Assert.True(await entered.WaitAsync(Guard));

        Assert.Single(await _world.Queue.ReceiveAsync(16, TimeSpan.FromSeconds(1), CancellationToken.None));
        release.Release(2);
        await service.StopAsync(CancellationToken.None);
    }

    private static void Complete(TaskCompletionSource source, bool now)
    {
        if (now)
        {
            source.TrySetResult();
        }
    }

    private static AlertChannel Answering(Action onSend) => new FakeReceiver((_, _) =>
    {
        onSend();
        return FakeReceiver.Answer(200);
    }).Channel();

    private Task QueueAsync(int number) =>
        _world.Dispatcher.QueueAsync(_world.Default, AlertWorld.BatchName, [AlertWorld.Line(number)], quarantined: 0, CancellationToken.None);

    private async Task<AlertDeliveryService> StartAsync(AlertChannel channel, int concurrency = 4)
    {
        var service = new AlertDeliveryService(
            _world.Queue,
            _world.NewDelivery(channel),
            Options.Create(new AlertOptions { Concurrency = concurrency }),
            _world.Time,
            NullLogger<AlertDeliveryService>.Instance);
        await service.StartAsync(CancellationToken.None);
        return service;
    }

    /// <summary>Until the service waits for the clock.</summary>
    private async Task IdleAsync()
    {
        while (_world.Time.PendingTimers == 0)
        {
            await Task.Yield();
        }
    }
}
