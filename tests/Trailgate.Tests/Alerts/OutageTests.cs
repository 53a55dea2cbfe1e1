using System.Text;
using Trailgate.Alerts;
using Trailgate.Storage;

namespace Trailgate.Tests.Alerts;

/// <summary>A channel that is down for most of a day, or for longer than that, with 5,000 alerts for it.</summary>
public sealed class OutageTests
{
    private const int Batches = 50;
    private const int AlertsABatch = 100;

    private readonly AlertWorld _world = new();

    [Fact]
    public async Task After_20_hours_each_alert_arrives_and_the_other_channel_was_never_late()
    {
        var end = _world.Time.GetUtcNow() + TimeSpan.FromHours(20);
        FakeReceiver slack = Down(end), pager = new(200);
        var delivery = _world.NewDelivery(slack.Channel("slack"), pager.Channel("pager"));

        await RaiseAsync(delivery, pager);
        var tried = slack.Received.Count;
        await PassAsync(delivery, TimeSpan.FromHours(20));
        Assert.DoesNotContain(_world.AlertPaths, path => path.StartsWith("dead/", StringComparison.Ordinal));
        await PassAsync(delivery, TimeSpan.FromHours(4));

        Assert.Equal(Batches * AlertsABatch, Delivered("slack"));
        Assert.Equal(Batches * AlertsABatch, pager.Received.Count);
        Assert.Empty(_world.Queue.Bodies);
        // The circuit spares a receiver that is down: not 5,000 requests a round.
        Assert.InRange(tried, 1, Batches);
    }

    [Fact]
    public async Task After_26_hours_they_are_dead_letters_and_one_command_sends_them_all_again()
    {
        var end = _world.Time.GetUtcNow() + TimeSpan.FromHours(26);
        FakeReceiver slack = Down(end), pager = new(200);
        var channels = _world.NewChannels(slack.Channel("slack"), pager.Channel("pager"));
        var delivery = _world.NewDelivery(channels);

        await RaiseAsync(delivery, pager);
        await PassAsync(delivery, TimeSpan.FromHours(26));

        var letters = _world.AlertPaths.Where(path => path.StartsWith("dead/slack/", StringComparison.Ordinal)).ToList();
        Assert.True(letters.Count >= Batches * AlertsABatch);
        var bytes = _world.Store.Blobs.ToDictionary(blob => blob.Key.Path, blob => blob.Value);
        Assert.All(letters, letter => Assert.Contains("\"reason\":\"It was not delivered within 24 hours.\"", Encoding.UTF8.GetString(bytes[letter].Span), StringComparison.Ordinal));
        // The other got each alert once; beyond them only what the pipeline told of the dead ones.
        Assert.Equal(pager.Received.Count, pager.Received.Distinct().Count());
        Assert.Empty(letters.Select(letter => Path.GetFileNameWithoutExtension(letter)).Except(pager.Received));

        Assert.Equal(letters.Count, await _world.NewRedelivery(channels).AllAsync("slack", CancellationToken.None));
        await _world.PumpAsync(delivery);
        // What the pipeline told of them is not two days old yet, and has a try to come.
        await PassAsync(delivery, TimeSpan.FromHours(4));

        Assert.DoesNotContain(_world.AlertPaths, path => path.StartsWith("dead/slack/", StringComparison.Ordinal));
        Assert.Empty(letters.Select(letter => Path.GetFileNameWithoutExtension(letter)).Except(slack.Received));
        Assert.Empty(_world.Queue.Bodies);
    }

    private FakeReceiver Down(DateTimeOffset until) => new((_, _) => FakeReceiver.Answer(_world.Time.GetUtcNow() < until ? 503 : 200));

    /// <summary>All come within a second, and the channel that works has them at once.</summary>
    private async Task RaiseAsync(AlertDelivery delivery, FakeReceiver works)
    {
        for (var batch = 0; batch < Batches; batch++)
        {
            var name = new BlobName(Containers.Inbox, $"batches/2026-11-22/06/{new Guid(batch, 0, 0x7000, [0x80, 0, 0, 0, 0, 0, 0, 1])}.ndjson");
            ReadOnlyMemory<byte>[] lines = [.. Enumerable.Range(batch * AlertsABatch + 1, AlertsABatch).Select(number => AlertWorld.Line(number))];
            await _world.Dispatcher.QueueAsync(_world.Default, name, lines, quarantined: 0, CancellationToken.None);
        }

        await _world.PumpAsync(delivery);
        Assert.Equal(Batches * AlertsABatch, works.Received.Distinct().Count());
    }

    /// <summary>Lets time pass by minutes, with a handler that takes what is due.</summary>
    private async Task PassAsync(AlertDelivery delivery, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMinutes(5))
        {
            _world.Time.Advance(TimeSpan.FromMinutes(5));
            await _world.PumpAsync(delivery);
        }
    }

    private int Delivered(string channel) => _world.AlertPaths
        .Where(path => path.StartsWith("deliveries/", StringComparison.Ordinal) && path.EndsWith($"/{channel}.json", StringComparison.Ordinal))
        .Sum(path => _world.Json(path).GetProperty("alerts").EnumerateArray().Count(alert => alert.GetProperty("state").GetString() == "delivered"));
}
