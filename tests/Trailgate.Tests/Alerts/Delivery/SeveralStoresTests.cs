using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Alerts;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Rules;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Alerts.Delivery;

/// <summary>Alerts of events in another store than that of the queue.</summary>
public sealed class SeveralStoresTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryBlobStore _default = new();
    private readonly MemoryBlobStore _eu = new();
    private readonly Store _euStore;
    private readonly Stores _stores;
    private readonly MemoryMessageQueue _queue;
    private readonly AlertDispatcher _dispatcher;

    public SeveralStoresTests()
    {
        _euStore = new Store("eu", _eu);
        _stores = new Stores(OneStore.Over(_default), _euStore);
        _queue = new MemoryMessageQueue(_time);
        _dispatcher = new AlertDispatcher(_stores, _queue, RuleSet.Default, _time, NullLogger<AlertDispatcher>.Instance);
    }

    [Fact]
    public async Task They_are_delivered_from_their_store_and_recorded_there()
    {
        var receiver = new FakeReceiver(200);
        await QueueAsync();

        await PumpAsync(receiver);

        Assert.Single(receiver.Received);
        Assert.Equal(["deliveries", "matches", "notifications", "queued"], Folders(_eu));
        Assert.Empty(_default.Blobs);
    }

    [Fact]
    public async Task What_can_not_be_delivered_lies_there_too_and_the_default_store_says_where()
    {
        var receiver = new FakeReceiver(400);
        await QueueAsync();

        await PumpAsync(receiver);

        Assert.Contains("dead", Folders(_eu));
        var told = _default.Blobs.Single(blob => blob.Key.Path.StartsWith("matches/pipeline/", StringComparison.Ordinal));
        Assert.Contains("alerts/dead/ops/ of the store eu", Encoding.UTF8.GetString(told.Value.Span), StringComparison.Ordinal);
        Assert.DoesNotContain(_default.Blobs, blob => blob.Key.Path.StartsWith("deliveries/20", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_their_store_is_away_they_wait_however_often_it_was_asked()
    {
        var receiver = new FakeReceiver(200);
        await QueueAsync();
        _eu.Before = _ => throw new StorageException("It is away.");

        for (var minute = 0; minute < 60; minute++)
        {
            await PumpAsync(receiver);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Empty(receiver.Received);
        Assert.Empty(_default.Blobs);
        _eu.Before = null;
        await PumpAsync(receiver);
        Assert.Single(receiver.Received);
        Assert.Empty(_queue.Bodies);
    }

    [Fact]
    public async Task A_batch_is_caught_up_in_its_own_store()
    {
        await _dispatcher.CatchUpAsync(_euStore, AlertWorld.BatchName, AlertWorld.BatchOf(0, AlertWorld.Line(1)), CancellationToken.None);

        Assert.Equal(["matches", "queued"], Folders(_eu));
        Assert.Contains("\"store\":\"eu\"", Encoding.UTF8.GetString(Assert.Single(_queue.Bodies).Span), StringComparison.Ordinal);
        Assert.Empty(_default.Blobs);
    }

    private async Task QueueAsync()
    {
        await _dispatcher.QueueAsync(_euStore, AlertWorld.BatchName, [AlertWorld.Line(1)], quarantined: 0, CancellationToken.None);
        await _dispatcher.MarksWritten;
    }

    private async Task PumpAsync(FakeReceiver receiver)
    {
        var delivery = new AlertDelivery(
            _stores,
            _queue,
            _dispatcher,
            new AlertChannels([receiver.Channel()], new RetrySchedule(() => 0), handlers: 2, _time),
            new ChannelStates(_stores, _dispatcher, _time, NullLogger<ChannelStates>.Instance),
            _time,
            NullLogger<AlertDelivery>.Instance);
        while (await _queue.ReceiveAsync(1, TimeSpan.FromMinutes(5), CancellationToken.None) is [var message])
        {
            await delivery.HandleAsync(message.Body, CancellationToken.None);
            await _queue.DeleteAsync(message, CancellationToken.None);
        }
    }

    private static IEnumerable<string> Folders(MemoryBlobStore store) =>
        store.Blobs.Where(blob => blob.Key.Container == Containers.Alerts).Select(blob => blob.Key.Path.Split('/')[0]).Distinct().Order(StringComparer.Ordinal);
}
