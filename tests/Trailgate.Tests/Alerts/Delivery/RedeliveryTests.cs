using Trailgate.Alerts;
using Trailgate.Alerts.Delivery;
using Trailgate.Storage;

namespace Trailgate.Tests.Alerts.Delivery;

public sealed class RedeliveryTests
{
    private readonly AlertWorld _world = new();

    [Fact]
    public async Task One_dead_letter_is_sent_again_under_the_same_id_and_is_dead_no_more()
    {
        var receiver = new FakeReceiver(400, 200);
        var channels = _world.NewChannels(receiver.Channel());
        var delivery = _world.NewDelivery(channels);
        await DieAsync(delivery, 1, 2);

        Assert.Equal(1, await _world.NewRedelivery(channels).OneAsync(AlertWorld.IdOf(1), CancellationToken.None));
        Assert.DoesNotContain($"dead/ops/{AlertWorld.IdOf(1)}.json", _world.AlertPaths);
        await _world.PumpAsync(delivery);

        Assert.Equal(2, receiver.Received.Count(id => id == AlertWorld.IdOf(1)));
        Assert.Equal(1, receiver.Received.Count(id => id == AlertWorld.IdOf(2)));
        Assert.Contains($"dead/ops/{AlertWorld.IdOf(2)}.json", _world.AlertPaths);
        Assert.Empty(_world.Queue.Bodies);
    }

    [Fact]
    public async Task All_of_a_channel_are_sent_again_and_those_of_others_are_not()
    {
        FakeReceiver ops = new(400, 200), audit = new(400, 200);
        var channels = _world.NewChannels(ops.Channel(), audit.Channel("audit"));
        var delivery = _world.NewDelivery(channels);
        await DieAsync(delivery, 1, 2, 3);

        // Three alerts and what the pipeline told of the dead ones.
        Assert.Equal(_world.AlertPaths.Count(path => path.StartsWith("dead/ops/", StringComparison.Ordinal)), await _world.NewRedelivery(channels).AllAsync("ops", CancellationToken.None));
        await _world.PumpAsync(delivery);

        Assert.All(Enumerable.Range(1, 3), number => Assert.Equal((2, 1), (ops.Received.Count(id => id == AlertWorld.IdOf(number)), audit.Received.Count(id => id == AlertWorld.IdOf(number)))));
        Assert.DoesNotContain(_world.AlertPaths, path => path.StartsWith("dead/ops/", StringComparison.Ordinal));
        Assert.Equal(3, _world.AlertPaths.Count(path => path.StartsWith("dead/audit/0", StringComparison.Ordinal) || Enumerable.Range(1, 3).Any(number => path == $"dead/audit/{AlertWorld.IdOf(number)}.json")));
    }

    [Fact]
    public async Task Sending_all_of_a_disabled_channel_again_enables_it()
    {
        var receiver = new FakeReceiver((alert, number) => FakeReceiver.Answer(!alert.IsPipeline && number == 1 ? 410 : 200));
        var channels = _world.NewChannels(receiver.Channel());
        var delivery = _world.NewDelivery(channels);
        await DieAsync(delivery, 1);
        Assert.Contains("channels/ops.json", _world.AlertPaths);

        await _world.NewRedelivery(channels).AllAsync("ops", CancellationToken.None);
        await _world.PumpAsync(delivery);

        Assert.Equal(2, receiver.Received.Count(id => id == AlertWorld.IdOf(1)));
        Assert.DoesNotContain("channels/ops.json", _world.AlertPaths);
    }

    [Fact]
    public async Task What_dies_again_has_a_new_letter_and_can_be_sent_once_more()
    {
        var receiver = new FakeReceiver(400, 400, 200);
        var channels = _world.NewChannels(receiver.Channel());
        var delivery = _world.NewDelivery(channels);
        await DieAsync(delivery, 1);
        var redelivery = _world.NewRedelivery(channels);

        for (var time = 0; time < 2; time++)
        {
            _world.Time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(1, await redelivery.OneAsync(AlertWorld.IdOf(1), CancellationToken.None));
            await _world.PumpAsync(delivery);
        }

        Assert.Equal(3, receiver.Received.Count(id => id == AlertWorld.IdOf(1)));
        Assert.DoesNotContain($"dead/ops/{AlertWorld.IdOf(1)}.json", _world.AlertPaths);
    }

    /// <summary>Every call that a redelivery makes of store and queue fails once, before and after it is done; then it is asked for again.</summary>
    [Theory]
    [InlineData("Put")]
    [InlineData("Send")]
    [InlineData("Delete")]
    public async Task A_redelivery_that_was_interrupted_neither_loses_nor_doubles(string operation)
    {
        foreach (var applied in new[] { false, true })
        {
            var world = new AlertWorld();
            var receiver = new FakeReceiver(400, 200);
            var channels = world.NewChannels(receiver.Channel());
            var delivery = world.NewDelivery(channels);
            await world.QueueAsync(quarantined: 0, AlertWorld.Line(1));
            await world.PumpAsync(delivery);
            var redelivery = world.NewRedelivery(channels);
            var failed = false;
            void Fail(string what)
            {
                if (what == operation && !failed)
                {
                    failed = true;
                    throw new StorageException("The test fails this call.");
                }
            }

            if (applied)
            {
                (world.Store.After, world.Queue.After) = (call => Fail($"{call.Operation}"), call => Fail($"{call.Operation}"));
            }
            else
            {
                (world.Store.Before, world.Queue.Before) = (call => Fail($"{call.Operation}"), call => Fail($"{call.Operation}"));
            }

            await Assert.ThrowsAsync<StorageException>(() => redelivery.OneAsync(AlertWorld.IdOf(1), CancellationToken.None));
            (world.Store.Before, world.Queue.Before, world.Store.After, world.Queue.After) = (null, null, null, null);
            await world.PumpAsync(delivery);
            await redelivery.OneAsync(AlertWorld.IdOf(1), CancellationToken.None);
            await world.PumpAsync(delivery);

            Assert.Equal(2, receiver.Received.Count(id => id == AlertWorld.IdOf(1)));
            Assert.DoesNotContain($"dead/ops/{AlertWorld.IdOf(1)}.json", world.AlertPaths);
        }
    }

    [Theory]
    [InlineData("00000000000000000000000000000009")]
    [InlineData("../../secret")]
    [InlineData("")]
    public async Task There_is_nothing_to_send_again_under_another_id(string id)
    {
        var channels = _world.NewChannels(new FakeReceiver(400).Channel());
        await DieAsync(_world.NewDelivery(channels), 1);

        Assert.Equal(0, await _world.NewRedelivery(channels).OneAsync(id, CancellationToken.None));
        Assert.Equal(0, await _world.NewRedelivery(channels).AllAsync("unknown", CancellationToken.None));
        Assert.Empty(_world.Queue.Bodies);
    }

    private async Task DieAsync(AlertDelivery delivery, params int[] numbers)
    {
        await _world.QueueDeletesAsync(numbers);
        await _world.PumpAsync(delivery);
        Assert.All(numbers, number => Assert.Contains($"dead/ops/{AlertWorld.IdOf(number)}.json", _world.AlertPaths));
    }
}
