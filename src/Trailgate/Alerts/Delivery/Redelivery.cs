using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Trailgate.Storage;

namespace Trailgate.Alerts.Delivery;

/// <summary>
/// Sends dead letters again, with 24 hours of tries before them like new ones, and the same idempotency keys. What is queued
/// is no dead letter any more; what fails again becomes one again.
/// </summary>
public sealed partial class Redelivery
{
    private readonly Stores _stores;
    private readonly IMessageQueue _queue;
    private readonly AlertDispatcher _dispatcher;
    private readonly AlertChannels _channels;
    private readonly ChannelStates _states;
    private readonly ILogger<Redelivery> _logger;

    internal Redelivery(Stores stores, IMessageQueue queue, AlertDispatcher dispatcher, AlertChannels channels, ChannelStates states, ILogger<Redelivery> logger)
    {
        _stores = stores;
        _queue = queue;
        _dispatcher = dispatcher;
        _channels = channels;
        _states = states;
        _logger = logger;
    }

    /// <summary>Whether a channel of that name is configured.</summary>
    public bool Knows(string channel) => _channels.All.Any(known => known.Name == channel);

    /// <summary>Sends one notification again, to every channel on which it is dead.</summary>
    /// <param name="id">Its id: that of the alert, the summary or the resolution.</param>
    /// <param name="cancellationToken">Stops the attempt; a retry is safe.</param>
    /// <returns>On how many channels it was dead; none when the text is no id.</returns>
    /// <exception cref="StorageException">Not all may be queued; a retry is safe.</exception>
    public async Task<int> OneAsync(string id, CancellationToken cancellationToken)
    {
        if (!AlertId.TryParse(id, out var parsed))
        {
            return 0;
        }

        var sent = 0;
        foreach (var store in _stores.All)
        {
            foreach (var channel in _channels.All)
            {
                sent += await SendAsync(store, channel.Name, DeadLetters.NameOf(channel.Name, parsed), cancellationToken) ? 1 : 0;
            }
        }

        return sent;
    }

    /// <summary>Sends all dead letters of a channel again, and enables it first: a disabled one would refuse them.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="StorageException">Not all may be queued; a retry goes on where this one was.</exception>
    public async Task<int> AllAsync(string channel, CancellationToken cancellationToken)
    {
        if (!Knows(channel))
        {
            return 0;
        }

        await _states.EnableAsync(channel, cancellationToken);
        var sent = 0;
        foreach (var store in _stores.All)
        {
            var letters = new List<BlobName>();
            await foreach (var entry in store.Blobs.ListAsync(Containers.Alerts, DeadLetters.FolderOf(channel), after: null, cancellationToken))
            {
                letters.Add(entry.Name);
            }

            foreach (var letter in letters)
            {
                sent += await SendAsync(store, channel, letter, cancellationToken) ? 1 : 0;
            }
        }

        if (sent > 0)
        {
            LogRedelivered(channel, sent);
        }

        return sent;
    }

    /// <summary>How the keys begin of all that is sent again: see <see cref="MatchesName.Key"/>.</summary>
    internal const string Keys = "again/";

    /// <summary>How the keys begin of one notification that is sent again to a channel; a dash and a hash without any follow.</summary>
    internal static string KeysOf(string channel, string id) => $"{Keys}{channel}/{id}-";

    private async Task<bool> SendAsync(Store store, string channel, BlobName letter, CancellationToken cancellationToken)
    {
        if (await store.Blobs.ReadAsync(letter, cancellationToken) is not { } content)
        {
            return false;
        }

        using var document = JsonDocument.Parse(content.Bytes);
        if (!document.RootElement.TryGetProperty("notification"u8, out var said)
            || Notification.Read(System.Text.Encoding.UTF8.GetBytes(said.GetRawText())) is not { } notification)
        {
            LogUnreadable(letter);
            return false;
        }

        // Named by the letter's content: doing it again, after a crash before the letter was deleted, queues the same work
        // under the same name, and delivery knows what it did of it.
        var hash = Convert.ToHexStringLower(SHA256.HashData(content.Bytes.Span).AsSpan(0, 6));
        var name = new MatchesName(store.Name, $"{KeysOf(channel, notification.Id.ToString())}{hash}") { IsGrouped = true };
        await store.Blobs.PutAsync(name.Blob, (byte[])[.. notification.Json.Span, (byte)'\n'], cancellationToken);
        await _queue.SendAsync(new DeliveryMessage(name) { Channel = channel }.ToBytes(), TimeSpan.Zero, cancellationToken);
        await store.Blobs.DeleteAsync(letter, cancellationToken);
        _dispatcher.Queued.Set();
        return true;
    }

    [LoggerMessage(LogLevel.Information, "Dead letters of channel {Channel} that are sent again: {Count}.")]
    private partial void LogRedelivered(string channel, int count);

    [LoggerMessage(LogLevel.Error, "The dead letter {Letter} can not be read and stays.")]
    private partial void LogUnreadable(BlobName letter);
}
