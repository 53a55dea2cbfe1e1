using System.Buffers;
using Trailgate.Alerts.Channels;
using Trailgate.Storage;

namespace Trailgate.Alerts.Delivery;

/// <summary>
/// Turns notifications into durable work for each channel: one write-once blob of them, in the store of their events, and one
/// queue message a channel that names it. From there on no channel waits for another.
/// </summary>
internal sealed class Fanout(IMessageQueue queue, AlertDispatcher dispatcher, IReadOnlyList<AlertChannel> channels)
{
    /// <summary>
    /// Queues notifications for every channel. Safe to retry: of several calls with one key the first word stands, and
    /// delivery sorts out what was sent already. Does nothing for none.
    /// </summary>
    /// <param name="store">Where the events are.</param>
    /// <param name="key">Names the notifications within the store for ever: the key of their matches, or a path of one's own.</param>
    /// <param name="notifications">What to tell, in order.</param>
    /// <param name="cancellationToken">Stops the attempt; a retry is safe.</param>
    /// <exception cref="StorageException">They may not all be queued.</exception>
    public async Task SendAsync(Store store, string key, IReadOnlyList<Notification> notifications, CancellationToken cancellationToken)
    {
        if (notifications.Count == 0)
        {
            return;
        }

        var content = new ArrayBufferWriter<byte>(4096);
        foreach (var notification in notifications)
        {
            content.Write(notification.Json.Span);
            content.Write("\n"u8);
        }

        var name = new MatchesName(store.Name, key) { IsGrouped = true };
        await store.Blobs.PutAsync(name.Blob, content.WrittenMemory, cancellationToken);
        await QueueAsync(name, cancellationToken);
    }

    /// <summary>Queues notifications that are stored already.</summary>
    /// <exception cref="StorageException">They may not all be queued; a retry is safe.</exception>
    public async Task QueueAsync(MatchesName notifications, CancellationToken cancellationToken)
    {
        foreach (var channel in channels)
        {
            var message = new DeliveryMessage(notifications) { Channel = channel.Name };
            await queue.SendAsync(message.ToBytes(), TimeSpan.Zero, cancellationToken);
        }

        dispatcher.Queued.Set();
    }
}
