using System.Text;
using Trailgate.Alerts.Channels;
using Trailgate.Alerts.Delivery;
using Trailgate.Storage;

namespace Trailgate.Tests.Alerts.Delivery;

/// <summary>One handler at a time sends what a message names, and what it sent is recorded however it ends.</summary>
public sealed class DeliveryClaimTests
{
    private readonly string _one = AlertWorld.IdOf(1);
    private readonly string _two = AlertWorld.IdOf(2);
    private readonly AlertWorld _world = new();

    [Fact]
    public async Task While_one_handler_sends_another_with_a_copy_of_its_message_comes_back_later()
    {
        await _world.QueueDeletesAsync(1);
        var answer = new TaskCompletionSource<SendResult>();
        var sends = 0;
        var delivery = _world.NewDelivery(new AlertChannel("ops", (_, _) =>
        {
            sends++;
            return answer.Task;
        }));
        await _world.HandleOneAsync(delivery);
        var message = _world.Queue.Bodies[0];

        var first = delivery.HandleAsync(message, CancellationToken.None);
        await delivery.HandleAsync(message, CancellationToken.None);
        Assert.Equal(1, sends);
        answer.SetResult(new SendResult.Delivered(200));
        await first;
        _world.Time.Advance(TimeSpan.FromMinutes(3));
        await _world.PumpAsync(delivery);

        Assert.Equal(1, sends);
        Assert.Equal(["delivered"], _world.DeliveryStates());
        Assert.Empty(_world.Queue.Bodies);
    }

    [Fact]
    public async Task A_claim_of_a_handler_that_died_ends_by_itself()
    {
        await _world.QueueDeletesAsync(1);
        var died = _world.NewDelivery(new AlertChannel("ops", (_, _) => new TaskCompletionSource<SendResult>().Task));
        await _world.HandleOneAsync(died);
        var message = _world.Queue.Bodies[0];
        _ = died.HandleAsync(message, CancellationToken.None);
        var receiver = new FakeReceiver(200);

        await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));
        Assert.Empty(receiver.Received);
        _world.Time.Advance(ChannelDelivery.Claim);
        await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));

        Assert.Equal([_one], receiver.Received);
    }

    [Fact]
    public async Task What_was_answered_is_written_down_while_another_send_still_hangs()
    {
        await _world.QueueDeletesAsync(1, 2, 3, 4);
        var hangs = new TaskCompletionSource<SendResult>();
        var died = _world.NewDelivery(new AlertChannel("ops", (notification, _) => notification.Id.ToString() == AlertWorld.IdOf(2)
            ? hangs.Task
            : Task.FromResult<SendResult>(new SendResult.Delivered(200))));
        await _world.HandleOneAsync(died);
        _ = died.HandleAsync(_world.Queue.Bodies[0], CancellationToken.None);
        Assert.Equal(["delivered", "pending", "delivered", "delivered"], _world.DeliveryStates());
        var receiver = new FakeReceiver(200);

        _world.Time.Advance(ChannelDelivery.Claim);
        await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));

        Assert.Equal([AlertWorld.IdOf(2)], receiver.Received);
    }

    [Fact]
    public async Task A_claim_of_a_handler_whose_clock_was_a_year_ahead_keeps_nobody_out()
    {
        await _world.QueueDeletesAsync(1);
        var receiver = new FakeReceiver(200);
        await _world.HandleOneAsync(_world.NewDelivery(receiver.Channel()));
        await _world.Store.PutAsync(
            new BlobName(Containers.Alerts, AlertWorld.RecordPath),
            Encoding.UTF8.GetBytes($$$"""{"schema":1,"matches":"{{{AlertWorld.NotificationsPath}}}","channel":"ops","scheduled":1,"since":"2027-11-22T06:00:00.000Z","claim":{"by":"a","until":"2027-11-22T06:02:30.000Z"},"alerts":[]}"""),
            CancellationToken.None);

        await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));

        Assert.Equal([_one], receiver.Received);
    }

    [Fact]
    public async Task A_stop_in_the_middle_resends_only_what_was_not_delivered()
    {
        await _world.QueueDeletesAsync(1, 2, 3, 4, 5, 6);
        using var stop = new CancellationTokenSource();
        var receiver = new FakeReceiver((alert, _) =>
        {
            if (alert.Id.ToString() == AlertWorld.IdOf(4))
            {
                stop.Cancel();
            }

            return FakeReceiver.Answer(200);
        });
        await _world.HandleOneAsync(_world.NewDelivery(receiver.Channel()));
        var message = Assert.Single(await _world.Queue.ReceiveAsync(1, TimeSpan.FromMinutes(5), CancellationToken.None));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _world.NewDelivery(receiver.Channel()).HandleAsync(message.Body, stop.Token));
        Assert.Equal([AlertWorld.IdOf(1), AlertWorld.IdOf(2), AlertWorld.IdOf(3), AlertWorld.IdOf(4)], receiver.Received);
        _world.Time.Advance(TimeSpan.FromMinutes(5));
        await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));

        Assert.Equal([AlertWorld.IdOf(1), AlertWorld.IdOf(2), AlertWorld.IdOf(3), AlertWorld.IdOf(4), AlertWorld.IdOf(5), AlertWorld.IdOf(6)], receiver.Received);
        Assert.All(_world.DeliveryStates(), state => Assert.Equal("delivered", state));
    }

    [Fact]
    public async Task An_unexpected_exception_comes_out_and_what_was_sent_is_recorded()
    {
        await _world.QueueDeletesAsync(1, 2);
        var receiver = new FakeReceiver((alert, number) => alert.Id.ToString() == _two && number == 1
            ? throw new InvalidOperationException("a fault of the channel")
            : FakeReceiver.Answer(200));
        var delivery = _world.NewDelivery(receiver.Channel());

        await Assert.ThrowsAsync<InvalidOperationException>(() => _world.PumpAsync(delivery));
        _world.Time.Advance(TimeSpan.FromMinutes(5));
        await _world.PumpAsync(delivery);

        Assert.Equal([_one, _two, _two], receiver.Received);
    }

    [Fact]
    public async Task Sending_longer_than_a_slice_goes_on_in_a_new_message()
    {
        await _world.QueueDeletesAsync([.. Enumerable.Range(1, 12)]);
        var receiver = new FakeReceiver((_, _) =>
        {
            _world.Time.Advance(TimeSpan.FromSeconds(16));
            return FakeReceiver.Answer(200);
        });

        var handled = await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));

        // The first message sends nothing. 16 s each, four at once: after two rounds 128 s have passed and the slice of 120 s
        // is over.
        Assert.Equal(3, handled);
        Assert.Equal([.. Enumerable.Range(1, 12).Select(AlertWorld.IdOf)], receiver.Received);
    }
}
