using System.Collections.Concurrent;
using System.Text;
using Trailgate.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Storage;

/// <summary>What every <see cref="IMessageQueue"/> promises. One sealed class for each implementation runs these tests.</summary>
public abstract class MessageQueueContract
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>An empty queue, one for each test.</summary>
    protected abstract IMessageQueue Queue { get; }

    /// <summary>The clock of the queue.</summary>
    protected ManualTimeProvider Time { get; } = new();

    /// <summary>Lets time pass for the queue, by its own clock.</summary>
    protected virtual Task AdvanceAsync(TimeSpan by)
    {
        Time.Advance(by);
        return Task.CompletedTask;
    }

    private Task Send(string text) => Queue.SendAsync(Encoding.UTF8.GetBytes(text), TimeSpan.Zero, None);

    private async Task<QueueMessage> ReceiveOne() => Assert.Single(await Queue.ReceiveAsync(32, Lease, None));

    private Task<IReadOnlyList<QueueMessage>> Receive() => Queue.ReceiveAsync(32, Lease, None);

    private static string TextOf(QueueMessage message) => Encoding.UTF8.GetString(message.Body.Span);

    [Fact]
    public async Task A_message_that_was_sent_is_received_and_deleted()
    {
        await Send("hello");

        var message = await ReceiveOne();

        Assert.Equal("hello", TextOf(message));
        Assert.Equal(1, message.DequeueCount);
        Assert.Equal(1, await Queue.CountAsync(None));
        Assert.True(await Queue.DeleteAsync(message, None));
        Assert.Equal(0, await Queue.CountAsync(None));
        Assert.False(await Queue.DeleteAsync(message, None));
        await AdvanceAsync(TimeSpan.FromDays(30));
        Assert.Empty(await Receive());
    }

    [Fact]
    public async Task An_empty_queue_gives_nothing_and_does_not_wait()
    {
        Assert.Empty(await Receive());
        Assert.Equal(0, await Queue.CountAsync(None));
    }

    [Fact]
    public async Task A_delayed_message_is_invisible_until_its_time()
    {
        await Queue.SendAsync(new byte[1], TimeSpan.FromMinutes(5), None);

        Assert.Equal(1, await Queue.CountAsync(None));
        await AdvanceAsync(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.Empty(await Receive());
        await AdvanceAsync(TimeSpan.FromTicks(1));
        await ReceiveOne();
    }

    [Fact]
    public async Task A_message_comes_back_when_its_lease_runs_out_and_counts_the_receives()
    {
        await Send("again");
        var first = await ReceiveOne();

        await AdvanceAsync(Lease - TimeSpan.FromTicks(1));
        Assert.Empty(await Receive());
        await AdvanceAsync(TimeSpan.FromTicks(1));
        var second = await ReceiveOne();

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(2, second.DequeueCount);
        Assert.Equal("again", TextOf(second));
    }

    [Fact]
    public async Task A_receipt_is_void_once_another_receiver_took_the_message()
    {
        await Send("mine");
        var first = await ReceiveOne();
        await AdvanceAsync(Lease);
        var second = await ReceiveOne();

        Assert.False(await Queue.DeleteAsync(first, None));
        Assert.Equal(1, await Queue.CountAsync(None));
        Assert.True(await Queue.DeleteAsync(second, None));
        Assert.Equal(0, await Queue.CountAsync(None));
    }

    [Fact]
    public async Task A_receipt_outlives_its_lease_while_nobody_else_took_the_message()
    {
        await Send("late");
        var message = await ReceiveOne();
        await AdvanceAsync(Lease * 2);

        Assert.True(await Queue.DeleteAsync(message, None));
        Assert.Empty(await Receive());
    }

    [Fact]
    public async Task A_receive_takes_no_more_than_it_asks_for()
    {
        for (var i = 0; i < 5; i++)
        {
            await Send($"{i}");
        }

        var first = await Queue.ReceiveAsync(3, Lease, None);
        var second = await Queue.ReceiveAsync(3, Lease, None);

        Assert.Equal(3, first.Count);
        Assert.Equal(2, second.Count);
        Assert.Equal(["0", "1", "2", "3", "4"], first.Concat(second).Select(TextOf).Order());
        Assert.Equal(5, first.Concat(second).Select(message => message.Id).Distinct().Count());
    }

    [Fact]
    public async Task Concurrent_receivers_get_each_message_once()
    {
        const int Messages = 200;
        for (var i = 0; i < Messages; i++)
        {
            await Send($"{i}");
        }

        var received = new ConcurrentBag<string>();
        using var start = new Barrier(4);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                while (Queue.ReceiveAsync(3, Lease, None).GetAwaiter().GetResult() is { Count: > 0 } messages)
                {
                    foreach (var message in messages)
                    {
                        received.Add(TextOf(message));
                    }
                }
            },
            None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Equal(Messages, received.Count);
        Assert.Equal(Messages, received.Distinct().Count());
    }

    [Fact]
    public async Task The_longest_body_goes_through_and_a_longer_one_is_refused()
    {
        var longest = new byte[48 * 1024];
        new Random(3).NextBytes(longest);
        await Queue.SendAsync(longest, TimeSpan.Zero, None);

        await Assert.ThrowsAsync<ArgumentException>(() => Queue.SendAsync(new byte[48 * 1024 + 1], TimeSpan.Zero, None));

        var received = await ReceiveOne();
        Assert.True(longest.AsSpan().SequenceEqual(received.Body.Span));
    }

    [Fact]
    public async Task An_empty_body_is_a_message()
    {
        await Queue.SendAsync(default, TimeSpan.Zero, None);

        Assert.True((await ReceiveOne()).Body.IsEmpty);
    }

    [Fact]
    public async Task Times_and_counts_out_of_range_are_refused()
    {
        var week = TimeSpan.FromDays(7);
        var tick = TimeSpan.FromTicks(1);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Queue.SendAsync(default, -tick, None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Queue.SendAsync(default, week + tick, None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Queue.ReceiveAsync(0, Lease, None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Queue.ReceiveAsync(33, Lease, None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Queue.ReceiveAsync(1, TimeSpan.FromSeconds(1) - tick, None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Queue.ReceiveAsync(1, week + tick, None));
        Assert.Equal(0, await Queue.CountAsync(None));
        await Queue.SendAsync(default, week, None);
        Assert.Empty(await Queue.ReceiveAsync(32, week, None));
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Send("stays");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Queue.SendAsync(default, TimeSpan.Zero, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Queue.ReceiveAsync(1, Lease, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Queue.CountAsync(cancelled.Token));

        Assert.Equal("stays", TextOf(await ReceiveOne()));
    }

    [Fact]
    public async Task A_foreign_receipt_deletes_nothing()
    {
        await Send("stays");
        var message = await ReceiveOne();

        Assert.False(await Queue.DeleteAsync(message with { Receipt = "../inbox/plan.json" }, None));
        Assert.False(await Queue.DeleteAsync(message with { Receipt = "" }, None));
        Assert.Equal(1, await Queue.CountAsync(None));
    }
}
