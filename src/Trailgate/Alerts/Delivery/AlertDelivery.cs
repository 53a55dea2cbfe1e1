using Microsoft.Extensions.Logging;
using Trailgate.Alerts.Channels;
using Trailgate.Storage;

namespace Trailgate.Alerts.Delivery;

/// <summary>
/// Handles one message of the alert queue: decides what the alerts that it names tell the channels, or delivers what one
/// channel is told. Both hosts call it; it needs no order and no exclusivity, and a message handled twice does no harm.
/// </summary>
public sealed partial class AlertDelivery
{
    // How long to wait for a matches blob that is not there. It was durable before its message was sent, so a store that
    // is behind, or being restored, is the only good reason.
    private static readonly TimeSpan[] LookupWaits = [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)];

    // How long to leave the alerts of another store alone while that is away.
    private static readonly TimeSpan StoreAwayWait = TimeSpan.FromMinutes(1);

    private readonly Stores _stores;
    private readonly IMessageQueue _queue;
    private readonly AlertDispatcher _dispatcher;
    private readonly AlertChannels _channels;
    private readonly DeadLetters _deadMessages;
    private readonly Dictionary<string, ChannelDelivery> _deliveries;
    private readonly ILogger<AlertDelivery> _logger;

    internal AlertDelivery(
        Stores stores, IMessageQueue queue, AlertDispatcher dispatcher, AlertChannels channels, ChannelStates states, TimeProvider time, ILogger<AlertDelivery> logger)
    {
        _stores = stores;
        _queue = queue;
        _dispatcher = dispatcher;
        _channels = channels;
        Fanout = new Fanout(queue, dispatcher, channels.All);
        _deadMessages = new DeadLetters(stores.Default, dispatcher, time);
        _deliveries = stores.All.ToDictionary(
            store => store.Name,
            store => new ChannelDelivery(store, queue, new DeadLetters(store, dispatcher, time), states, channels.Schedule, time));
        _logger = logger;
    }

    /// <summary>Set whenever this process queued something to deliver.</summary>
    internal AlertSignal Queued => _dispatcher.Queued;

    /// <summary>Sends notifications to every channel.</summary>
    internal Fanout Fanout { get; }

    /// <summary>Decides what the channels are told at once; without another word each alert singly.</summary>
    internal GroupAlerts Group { get; init; } = static (_, _, alerts, _) =>
        Task.FromResult<IReadOnlyList<Notification>>([.. alerts.Select(alert => Notification.OfAlert(alert, thread: null))]);

    /// <summary>Handles messages whose time has come; false for one that it does not know.</summary>
    internal Func<ReadOnlyMemory<byte>, CancellationToken, Task<bool>> HandleTimed { get; init; } = static (_, _) => Task.FromResult(false);

    /// <summary>
    /// Handles a message; when it returns, the message is done and can be deleted. Failed sends are no exception: they
    /// are recorded, and a new message with a delay stands for the next try.
    /// </summary>
    /// <param name="message">The body, at most <see cref="IMessageQueue.MaxBodyBytes"/> bytes.</param>
    /// <param name="cancellationToken">Stops after the sends in flight; the message must then be handled again.</param>
    /// <exception cref="StorageException">Something could not be read, recorded or queued: handle the message again.</exception>
    public async Task HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (DeliveryMessage.Read(message, out var reason) is not { } parsed)
        {
            if (await HandleTimed(message, cancellationToken))
            {
                return;
            }

            await DeadLetterAsync(message, reason ?? "The message can not be read.", cancellationToken);
            return;
        }

        if (parsed.Channel is null && _channels.All.Count == 0)
        {
            return;
        }

        if (_stores.Find(parsed.Matches.Store) is not { } store)
        {
            await DeadLetterAsync(message, $"The message names the store '{parsed.Matches.Store}', and there is none of that name here.", cancellationToken);
            return;
        }

        BlobContent? content;
        try
        {
            content = await store.Blobs.ReadAsync(parsed.Matches.Blob, cancellationToken);
        }
        catch (StorageException e) when (!store.IsDefault)
        {
            // The queue is in another store and goes on: counted as failures of this message, a few tries would put it among
            // the dead ones long before the store is back.
            LogStoreAway(store, StoreAwayWait, e);
            await _queue.SendAsync(message, StoreAwayWait, cancellationToken);
            return;
        }

        if (content is null)
        {
            await LookAgainAsync(parsed, cancellationToken);
        }
        else if (parsed.Channel is { } channel)
        {
            await DeliverAsync(parsed, store, _channels.Find(channel), content.Bytes, cancellationToken);
        }
        else
        {
            await FanOutAsync(parsed.Matches, store, content.Bytes, cancellationToken);
        }
    }

    /// <summary>Puts a message aside that can not be handled, with the reason, and raises an alert about it. Safe to retry.</summary>
    /// <param name="message">The body.</param>
    /// <param name="reason">Why, for people; no secrets.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <exception cref="StorageException">It may not be kept: do not delete the message.</exception>
    public async Task DeadLetterAsync(ReadOnlyMemory<byte> message, string reason, CancellationToken cancellationToken)
    {
        LogDeadMessage(reason);
        await _deadMessages.AddMessageAsync(message, reason, cancellationToken);
    }

    private async Task LookAgainAsync(DeliveryMessage message, CancellationToken cancellationToken)
    {
        if (message.Lookups >= LookupWaits.Length)
        {
            await DeadLetterAsync(message.ToBytes(), $"{message.Matches.Blob} is not in the store {message.Matches.Store}.", cancellationToken);
            return;
        }

        var next = message with { Lookups = message.Lookups + 1 };
        await _queue.SendAsync(next.ToBytes(), LookupWaits[message.Lookups], cancellationToken);
    }

    private async Task FanOutAsync(MatchesName name, Store store, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var grouped = name with { IsGrouped = true };
        if (name.IsGrouped || await store.Blobs.ExistsAsync(grouped.Blob, cancellationToken))
        {
            await Fanout.QueueAsync(grouped, cancellationToken);
            return;
        }

        var alerts = await ReadLinesAsync(name, content, Alert.Read, cancellationToken);
        var notifications = await Group(store, name, alerts, cancellationToken);
        await Fanout.SendAsync(store, name.Key, notifications, cancellationToken);
        LogFannedOut(name.Key, alerts.Count, notifications.Count, _channels.All.Count);
    }

    private async Task DeliverAsync(
        DeliveryMessage message, Store store, AlertChannel channel, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var lane = _channels.LaneOf(channel.Name);
        if (lane is not null && !await lane.TryEnterAsync(cancellationToken))
        {
            await _queue.SendAsync(message.ToBytes(), ChannelLane.ComeBack, cancellationToken);
            return;
        }

        try
        {
            var notifications = await ReadLinesAsync(message.Matches, content, Notification.Read, cancellationToken);
            await _deliveries[store.Name].RunAsync(message, notifications, channel, cancellationToken);
            LogHandled(message.Matches.Key, channel.Name, notifications.Count, message.Attempt);
        }
        finally
        {
            lane?.Leave();
        }
    }

    /// <summary>The lines of a blob. One that can not be read is kept as a dead message once, and the others go out.</summary>
    private async Task<IReadOnlyList<T>> ReadLinesAsync<T>(
        MatchesName name, ReadOnlyMemory<byte> content, Func<ReadOnlyMemory<byte>, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        var lines = new List<T>();
        var damaged = 0;
        for (var rest = content; rest.Length > 0;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (read(line) is { } parsed)
            {
                lines.Add(parsed);
            }
            else
            {
                damaged++;
            }
        }

        if (damaged > 0)
        {
            // The first message of the blob stands for all of its retries.
            var message = new DeliveryMessage(name).ToBytes();
            await DeadLetterAsync(message, $"{damaged} lines of {name.Blob} are no alerts; the others are delivered.", cancellationToken);
        }

        return lines;
    }

    [LoggerMessage(LogLevel.Debug, "Told of {Key}: {Alerts} alerts in {Notifications} notifications to {Channels} channels.")]
    private partial void LogFannedOut(string key, int alerts, int notifications, int channels);

    [LoggerMessage(LogLevel.Debug, "Handled {Key} for {Channel}: {Notifications} notifications, try {Attempt}.")]
    private partial void LogHandled(string key, string channel, int notifications, int attempt);

    [LoggerMessage(LogLevel.Warning, "The store {Store} does not answer; its alerts are delivered later, the next try is in {Wait}.")]
    private partial void LogStoreAway(Store store, TimeSpan wait, Exception exception);

    [LoggerMessage(LogLevel.Error, "A message of the alert queue is put aside: {Reason}")]
    private partial void LogDeadMessage(string reason);
}
