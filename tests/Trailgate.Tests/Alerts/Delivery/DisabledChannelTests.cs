using Trailgate.Alerts;

namespace Trailgate.Tests.Alerts.Delivery;

/// <summary>Channels that will never take anything again.</summary>
public sealed class DisabledChannelTests
{
    private readonly string _one = AlertWorld.IdOf(1);
    private readonly AlertWorld _world = new();

    [Fact]
    public async Task A_receiver_that_is_gone_disables_its_channel_and_the_others_are_told()
    {
        await _world.QueueDeletesAsync(1);
        FakeReceiver gone = new(410), audit = new(200);
        var delivery = _world.NewDelivery(gone.Channel(), audit.Channel("audit"));

        await _world.PumpAsync(delivery);
        await _world.Dispatcher.RaiseAsync("runs/1", "It failed.", CancellationToken.None);
        await _world.PumpAsync(delivery);

        Assert.Single(gone.Received);
        Assert.Contains($"dead/ops/{_one}.json", _world.AlertPaths);
        var told = AlertId.OfPipeline("channels/ops/2026-11-22T06:00:00.000Z").ToString();
        Assert.Contains(told, audit.Received);
        Assert.Contains(AlertId.OfPipeline("runs/1").ToString(), audit.Received);
        Assert.Contains($"dead/ops/{AlertId.OfPipeline("runs/1")}.json", _world.AlertPaths);
        Assert.Empty(_world.Queue.Bodies);
    }

    [Fact]
    public async Task A_disabled_channel_comes_back_with_other_settings()
    {
        await _world.QueueDeletesAsync(1);
        await _world.PumpAsync(_world.NewDelivery(new FakeReceiver(410).Channel() with { SettingsId = "old" }));
        var receiver = new FakeReceiver(200);

        await _world.Dispatcher.RaiseAsync("runs/1", "It failed.", CancellationToken.None);
        await _world.PumpAsync(_world.NewDelivery(receiver.Channel() with { SettingsId = "old" }));
        Assert.Empty(receiver.Received);
        await _world.Dispatcher.RaiseAsync("runs/2", "It failed.", CancellationToken.None);
        await _world.PumpAsync(_world.NewDelivery(receiver.Channel() with { SettingsId = "new" }));

        Assert.Equal([AlertId.OfPipeline("runs/2").ToString()], receiver.Received);
        Assert.DoesNotContain("channels/ops.json", _world.AlertPaths);
    }

    [Fact]
    public async Task A_channel_that_left_the_settings_leaves_dead_letters()
    {
        await _world.QueueDeletesAsync(1);
        await _world.PumpAsync(_world.NewDelivery(new FakeReceiver(500).Channel()));
        _world.Time.Advance(TimeSpan.FromSeconds(5));

        await _world.PumpAsync(_world.NewDelivery());

        Assert.Equal(["dead"], _world.DeliveryStates());
        Assert.Contains($"dead/ops/{_one}.json", _world.AlertPaths);
    }
}
