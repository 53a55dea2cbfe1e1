using System.Text;
using Trailgate.Alerts.Channels;
using Trailgate.Alerts.Delivery;

namespace Trailgate.Tests.Alerts.Delivery;

/// <summary>A channel that fails or hangs is spared, and holds up no other.</summary>
public sealed class TroubledChannelTests
{
    private readonly string _one = AlertWorld.IdOf(1);
    private readonly AlertWorld _world = new();

    [Fact]
    public async Task What_waits_for_a_channel_waits_for_no_other()
    {
        await _world.QueueDeletesAsync(1);
        var stuck = new TaskCompletionSource<SendResult>();
        var receiver = new FakeReceiver(200);
        var delivery = _world.NewDelivery(new AlertChannel("stuck", (_, _) => stuck.Task), receiver.Channel());
        await _world.HandleOneAsync(delivery);
        var messages = await _world.Queue.ReceiveAsync(2, TimeSpan.FromMinutes(5), CancellationToken.None);

        var handling = messages.Select(message => delivery.HandleAsync(message.Body, CancellationToken.None)).ToList();

        Assert.Equal([_one], receiver.Received);
        Assert.Equal([false, true], handling.Select(task => task.IsCompleted));
        stuck.SetResult(new SendResult.Delivered(200));
        await Task.WhenAll(handling);
    }

    [Fact]
    public async Task A_channel_that_fails_five_times_in_a_row_is_spared_and_then_tried_by_one()
    {
        await _world.QueueDeletesAsync([.. Enumerable.Range(1, 40)]);
        var receiver = new FakeReceiver(500);
        var delivery = _world.NewDelivery(receiver.Channel());

        await _world.PumpAsync(delivery);
        Assert.Equal(5, receiver.Received.Count);
        _world.Time.Advance(TimeSpan.FromSeconds(5));
        await _world.PumpAsync(delivery);
        Assert.Equal(5, receiver.Received.Count);
        _world.Time.Advance(AlertChannels.Break);
        await _world.PumpAsync(delivery);

        Assert.Equal(6, receiver.Received.Count);
    }

    [Fact]
    public async Task A_hanging_channel_leaves_handlers_to_the_others()
    {
        var stuck = new TaskCompletionSource<SendResult>();
        var receiver = new FakeReceiver(200);
        var delivery = _world.NewDelivery(new AlertChannel("stuck", (_, _) => stuck.Task), receiver.Channel());
        string[] subjects = ["a", "b", "c"];
        foreach (var subject in subjects)
        {
            await _world.Dispatcher.RaiseAsync(subject, "It failed.", CancellationToken.None);
        }

        foreach (var _ in subjects)
        {
            await _world.HandleOneAsync(delivery);
        }

        var messages = _world.Queue.Bodies.Where(body => Encoding.UTF8.GetString(body.Span).Contains("stuck", StringComparison.Ordinal)).ToList();
        var handling = messages.Select(message => delivery.HandleAsync(message, CancellationToken.None)).ToList();
        _world.Time.Advance(ChannelLane.Patience);
        await handling[2];

        // Two have a place each; the third went back into the queue.
        Assert.Equal([false, false, true], handling.Select(task => task.IsCompleted));
        Assert.Equal(7, _world.Queue.Bodies.Count);
        stuck.SetResult(new SendResult.Delivered(200));
        await Task.WhenAll(handling);
    }
}
