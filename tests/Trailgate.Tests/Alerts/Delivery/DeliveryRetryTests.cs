using System.Text;
using Trailgate.Alerts.Channels;

namespace Trailgate.Tests.Alerts.Delivery;

/// <summary>What a channel did not take is tried again, for a day.</summary>
public sealed class DeliveryRetryTests
{
    private readonly string _one = AlertWorld.IdOf(1);
    private readonly string _two = AlertWorld.IdOf(2);
    private readonly AlertWorld _world = new();

    [Fact]
    public async Task What_failed_is_sent_again_when_its_time_has_come_and_what_arrived_is_not()
    {
        await _world.QueueDeletesAsync(1, 2);
        var receiver = new FakeReceiver((alert, number) => FakeReceiver.Answer(alert.Id.ToString() == _two && number == 1 ? 500 : 200));
        var delivery = _world.NewDelivery(receiver.Channel());

        await _world.PumpAsync(delivery);
        _world.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, await _world.PumpAsync(delivery));
        _world.Time.Advance(TimeSpan.FromSeconds(0.1));
        await _world.PumpAsync(delivery);

        Assert.Equal([_one, _two, _two], receiver.Received);
        Assert.Empty(_world.Queue.Bodies);
        Assert.Equal(["delivered", "delivered"], _world.DeliveryStates());
    }

    [Fact]
    public async Task A_retry_is_a_new_message_that_names_channel_and_try()
    {
        await _world.QueueDeletesAsync(1);

        await _world.PumpAsync(_world.NewDelivery(new FakeReceiver(500).Channel()));

        Assert.Equal(
            $$"""{"schema":"trailgate.alert-delivery","version":1,"store":"default","blob":"{{AlertWorld.NotificationsPath}}","channel":"ops","attempt":2}""",
            Encoding.UTF8.GetString(Assert.Single(_world.Queue.Bodies).Span));
    }

    [Fact]
    public async Task A_copy_of_a_message_whose_retry_is_queued_does_nothing()
    {
        await _world.QueueDeletesAsync(1);
        var receiver = new FakeReceiver(500);
        var delivery = _world.NewDelivery(receiver.Channel());
        await _world.HandleOneAsync(delivery);
        var message = _world.Queue.Bodies[0];

        await _world.PumpAsync(delivery);
        await delivery.HandleAsync(message, CancellationToken.None);

        Assert.Single(receiver.Received);
        Assert.Single(_world.Queue.Bodies);
    }

    [Fact]
    public async Task The_longest_wait_that_a_receiver_asks_for_is_kept()
    {
        await _world.QueueDeletesAsync(1, 2);
        var receiver = new FakeReceiver((alert, number) => number > 1
            ? FakeReceiver.Answer(200)
            : new SendResult.Failed(429, "slow") { RetryAfter = TimeSpan.FromSeconds(alert.Id.ToString() == _one ? 90 : 30) });
        var delivery = _world.NewDelivery(receiver.Channel());

        await _world.PumpAsync(delivery);
        _world.Time.Advance(TimeSpan.FromSeconds(89));
        Assert.Equal(0, await _world.PumpAsync(delivery));
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await _world.PumpAsync(delivery);

        Assert.Equal(["delivered", "delivered"], _world.DeliveryStates());
    }

    [Fact]
    public async Task One_that_always_fails_does_not_keep_the_others_of_its_batch_from_their_turn()
    {
        await _world.QueueDeletesAsync([.. Enumerable.Range(1, 12)]);
        var receiver = new FakeReceiver((alert, _) => alert.Id.ToString() == _one
            ? new SendResult.Failed(429, "slow") { RetryAfter = TimeSpan.FromSeconds(1) }
            : FakeReceiver.Answer(200));
        var delivery = _world.NewDelivery(receiver.Channel());

        await _world.PumpAsync(delivery);
        Assert.Equal(4, receiver.Received.Count);
        _world.Time.Advance(TimeSpan.FromSeconds(5));
        await _world.PumpAsync(delivery);

        Assert.Equal(11, _world.DeliveryStates().Count(state => state == "delivered"));
    }

    [Fact]
    public async Task After_24_hours_an_alert_is_a_dead_letter_and_the_pipeline_tells_so_once()
    {
        await _world.QueueDeletesAsync(1);
        var receiver = new FakeReceiver((alert, _) => FakeReceiver.Answer(alert.IsPipeline ? 200 : 500));
        var delivery = _world.NewDelivery(receiver.Channel());

        // 5 s, doubled eleven times, then 4 hours four times, and what is left of 24 hours.
        double[] waits = [0, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240, 14400, 14400, 14400, 14400, 8325];
        Assert.Equal(86_400, waits.Sum());
        foreach (var wait in waits)
        {
            Assert.NotEmpty(_world.Queue.Bodies);
            _world.Time.Advance(TimeSpan.FromSeconds(wait));
            await _world.PumpAsync(delivery);
        }

        Assert.Equal(waits.Length, receiver.Received.Count(id => id == _one));
        Assert.Equal(["dead"], _world.DeliveryStates());
        var letter = _world.Json($"dead/ops/{_one}.json");
        Assert.Equal("It was not delivered within 24 hours.", letter.GetProperty("reason").GetString());
        Assert.Equal(waits.Length, letter.GetProperty("attempts").GetArrayLength());
        Assert.Equal("2026-11-23T06:00:00.000Z", letter.GetProperty("attempts")[waits.Length - 1].GetProperty("at").GetString());
        Assert.Equal(_one, letter.GetProperty("notification").GetProperty("id").GetString());
        Assert.Single(_world.AlertPaths, path => path.StartsWith("matches/pipeline/", StringComparison.Ordinal));
        Assert.Empty(_world.Queue.Bodies);
    }

    [Fact]
    public async Task What_the_receiver_refuses_is_a_dead_letter_at_once_with_its_answer_and_the_others_arrive()
    {
        await _world.QueueDeletesAsync(1, 2);
        var receiver = new FakeReceiver((alert, _) => FakeReceiver.Answer(alert.Id.ToString() == _one ? 400 : 200));

        await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));

        Assert.Equal(["dead", "delivered"], _world.DeliveryStates());
        var letter = _world.Json($"dead/ops/{_one}.json");
        Assert.Equal("The receiver refused it for good.", letter.GetProperty("reason").GetString());
        Assert.Equal("answered 400", letter.GetProperty("attempts")[0].GetProperty("error").GetString());
        Assert.Equal(1, receiver.Received.Count(id => id == _one));
    }

    [Fact]
    public async Task A_dead_alert_of_the_pipeline_raises_no_other()
    {
        await _world.Dispatcher.RaiseAsync("runs/1", "It failed.", CancellationToken.None);
        var delivery = _world.NewDelivery(new FakeReceiver(400).Channel());

        await _world.PumpAsync(delivery);

        Assert.Single(_world.AlertPaths, path => path.StartsWith("dead/ops/", StringComparison.Ordinal));
        Assert.Single(_world.AlertPaths, path => path.StartsWith("matches/", StringComparison.Ordinal));
        Assert.Empty(_world.Queue.Bodies);
    }
}
