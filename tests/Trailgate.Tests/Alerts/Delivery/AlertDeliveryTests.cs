using System.Text;
using Trailgate.Alerts;
using Trailgate.Alerts.Rules;
using Trailgate.Storage;

namespace Trailgate.Tests.Alerts.Delivery;

/// <summary>What becomes of the messages of the queue: which channel is told what, and what no handler can read.</summary>
public sealed class AlertDeliveryTests
{
    private readonly string _one = AlertWorld.IdOf(1);
    private readonly string _two = AlertWorld.IdOf(2);
    private readonly AlertWorld _world = new();

    [Fact]
    public async Task Each_alert_goes_to_each_channel_and_is_recorded()
    {
        await _world.QueueDeletesAsync(1, 2);
        FakeReceiver ops = new(200), audit = new(204);

        await _world.PumpAsync(_world.NewDelivery(ops.Channel(), audit.Channel("audit")));

        Assert.Equal([_one, _two], ops.Received);
        Assert.Equal([_one, _two], audit.Received);
        Assert.Empty(_world.Queue.Bodies);
        Assert.Equal(
            $$$"""{"schema":1,"matches":"{{{AlertWorld.NotificationsPath}}}","channel":"ops","scheduled":1,"since":"2026-11-22T06:00:00.000Z","alerts":[{"id":"{{{_one}}}","rule":"delete","state":"delivered","attempts":[{"number":1,"at":"2026-11-22T06:00:00.000Z","milliseconds":0,"status":200}]},{"id":"{{{_two}}}","rule":"delete","state":"delivered","attempts":[{"number":1,"at":"2026-11-22T06:00:00.000Z","milliseconds":0,"status":200}]}]}""",
            _world.Text(AlertWorld.RecordPath));
    }

    [Fact]
    public async Task What_channels_are_told_is_decided_once()
    {
        await _world.QueueDeletesAsync(1, 2);
        var receiver = new FakeReceiver(200);
        var first = _world.Queue.Bodies[0];
        // A grouping that would say something else each time, as one does whose window moves on.
        var calls = 0;
        var delivery = _world.NewDelivery((_, _, alerts, _) => Task.FromResult<IReadOnlyList<Notification>>(
            [Notification.OfAlert(alerts[calls++], thread: null)]), receiver.Channel());

        await delivery.HandleAsync(first, CancellationToken.None);
        await _world.PumpAsync(delivery);

        Assert.Equal([_one], receiver.Received);
    }

    [Fact]
    public async Task Without_a_channel_the_message_is_done_and_the_alerts_stay()
    {
        await _world.QueueDeletesAsync(1);

        Assert.Equal(1, await _world.PumpAsync(_world.NewDelivery()));

        Assert.Empty(_world.Queue.Bodies);
        Assert.Equal([AlertWorld.MatchesPath, AlertWorld.MarkPath], _world.AlertPaths);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("""{"schema":"trailgate.alert-delivery","version":2,"store":"default","blob":"matches/a.ndjson"}""")]
    [InlineData("""{"schema":"trailgate.alert-delivery","version":1,"store":"default","blob":"matches/../x.ndjson"}""")]
    [InlineData("""{"schema":"trailgate.alert-delivery","version":1,"store":"other","blob":"matches/a.ndjson"}""")]
    [InlineData("""{"schema":"trailgate.alert-delivery","version":1,"store":"default","blob":"matches/a.ndjson","channel":"../x"}""")]
    [InlineData("""{"schema":"trailgate.alert-delivery","version":1,"store":"default","blob":"matches/a.ndjson","attempt":"2"}""")]
    [InlineData("""{"schema":"trailgate.alert-delivery","version":1,"store":"default","blob":"matches/a.ndjson","channel":"ops","attempt":65}""")]
    public async Task A_message_that_can_not_be_read_is_put_aside_with_the_reason(string message)
    {
        await _world.NewDelivery(new FakeReceiver(200).Channel()).HandleAsync(Encoding.UTF8.GetBytes(message), CancellationToken.None);

        var letter = _world.Json(Assert.Single(_world.AlertPaths, path => path.StartsWith("dead-messages/", StringComparison.Ordinal)));
        Assert.Equal(message, letter.GetProperty("message").GetString());
        Assert.StartsWith("The message ", letter.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Single(_world.AlertPaths, path => path.StartsWith("matches/pipeline/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_blob_that_is_not_there_is_looked_for_again_and_then_reported()
    {
        await _world.QueueDeletesAsync(1);
        await _world.Store.DeleteAsync(new BlobName(Containers.Alerts, AlertWorld.MatchesPath), CancellationToken.None);
        var receiver = new FakeReceiver(200);
        var delivery = _world.NewDelivery(receiver.Channel());

        foreach (var wait in new[] { 0, 5, 60, 599 })
        {
            _world.Time.Advance(TimeSpan.FromSeconds(wait));
            await _world.PumpAsync(delivery);
        }

        Assert.DoesNotContain(_world.AlertPaths, path => path.StartsWith("dead-messages/", StringComparison.Ordinal));
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await _world.PumpAsync(delivery);
        Assert.Single(_world.AlertPaths, path => path.StartsWith("dead-messages/", StringComparison.Ordinal));
        Assert.Single(receiver.Received);
        Assert.Empty(_world.Queue.Bodies);
    }

    [Fact]
    public async Task A_damaged_line_is_reported_and_the_others_are_delivered()
    {
        await _world.Store.PutAsync(
            new BlobName(Containers.Alerts, AlertWorld.MatchesPath),
            (byte[])[.. "{damaged\n"u8, .. AlertJson(1), (byte)'\n'],
            CancellationToken.None);
        await _world.QueueDeletesAsync(1);
        var receiver = new FakeReceiver(200);

        await _world.PumpAsync(_world.NewDelivery(receiver.Channel()));

        Assert.Contains(_one, receiver.Received);
        Assert.Single(_world.AlertPaths, path => path.StartsWith("dead-messages/", StringComparison.Ordinal));
    }

    private static byte[] AlertJson(int number)
    {
        var line = AlertWorld.Line(number);
        return Alert.OfEvent(AlertRule.Delete, AlertWorld.Parsed(line), line.Span, DateTimeOffset.UnixEpoch).Json.ToArray();
    }
}
