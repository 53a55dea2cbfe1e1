using Microsoft.Extensions.Logging;
using Trailgate.Storage;

namespace Trailgate.Alerts;

/// <summary>
/// Handles one message of the alert queue: reads the alerts that it names and delivers them to their channels. Both hosts
/// call it; it needs no order and no exclusivity, and a message handled twice does no harm.
/// </summary>
public sealed partial class AlertDelivery
{
    // How long to wait for a matches blob that is not there. It was durable before its message was sent, so a store that
    // is behind, or being restored, is the only good reason.
    private static readonly TimeSpan[] LookupWaits = [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)];

    private readonly Stores _stores;
    private readonly IMessageQueue _queue;
    private readonly AlertDispatcher _dispatcher;
    private readonly AlertChannels _channels;
    private readonly DeadLetters _deadMessages;
    private readonly Dictionary<string, ChannelDelivery> _deliveries;
    private readonly ILogger<AlertDelivery> _logger;

    internal AlertDelivery(
        Stores stores, IMessageQueue queue, AlertDispatcher dispatcher, AlertChannels channels, TimeProvider time, ILogger<AlertDelivery> logger)
    {
        _stores = stores;
        _queue = queue;
        _dispatcher = dispatcher;
        _channels = channels;
        _deadMessages = new DeadLetters(stores.Default, dispatcher, time);
        _deliveries = stores.All.ToDictionary(
            store => store.Name,
            store => new ChannelDelivery(store, queue, new DeadLetters(store, dispatcher, time), channels.Schedule, time));
        _logger = logger;
    }

    /// <summary>Set whenever this process queued something to deliver.</summary>
    internal AlertSignal Queued => _dispatcher.Queued;

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
            await DeadLetterAsync(message, reason ?? "The message can not be read.", cancellationToken);
            return;
        }

        AlertChannel[] channels = parsed.Channel is { } only ? [_channels.Find(only)] : [.. _channels.All];
        if (channels.Length == 0)
        {
            return;
        }

        if (_stores.Find(parsed.Matches.Store) is not { } store)
        {
            await DeadLetterAsync(message, $"The message names the store '{parsed.Matches.Store}', and there is none of that name here.", cancellationToken);
            return;
        }

        if (await store.Blobs.ReadAsync(parsed.Matches.Blob, cancellationToken) is not { } content)
        {
            await LookAgainAsync(parsed, cancellationToken);
            return;
        }

        var alerts = await ReadAlertsAsync(parsed.Matches, content.Bytes, cancellationToken);
        await Task.WhenAll(channels.Select(
            channel => _deliveries[store.Name].RunAsync(parsed.Matches, alerts, channel, parsed.Attempt, cancellationToken)));
        LogHandled(parsed.Matches.Key, alerts.Count, channels.Length, parsed.Attempt);
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

    /// <summary>The alerts of a blob. A line that is none is kept as a dead message once, and the others go out.</summary>
    private async Task<IReadOnlyList<Alert>> ReadAlertsAsync(
        MatchesName matches, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var alerts = new List<Alert>();
        var damaged = 0;
        for (var rest = content; rest.Length > 0;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (Alert.Read(line) is { } alert)
            {
                alerts.Add(alert);
            }
            else
            {
                damaged++;
            }
        }

        if (damaged > 0)
        {
            // The first message of the blob stands for all of its retries.
            var message = new DeliveryMessage(matches).ToBytes();
            await DeadLetterAsync(message, $"{damaged} lines of the matches blob are no alerts; the others are delivered.", cancellationToken);
        }

        return alerts;
    }

    [LoggerMessage(LogLevel.Debug, "Handled {Key}: {Alerts} alerts, {Channels} channels, try {Attempt}.")]
    private partial void LogHandled(string key, int alerts, int channels, int attempt);

    [LoggerMessage(LogLevel.Error, "A message of the alert queue is put aside: {Reason}")]
    private partial void LogDeadMessage(string reason);
}
