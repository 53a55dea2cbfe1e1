using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Alerts.Delivery;

/// <summary>
/// What could not be delivered, where people find it: <c>dead/{channel}/{id}.json</c> for notifications,
/// <c>dead-messages/{hash}.json</c> for queue messages that no handler can read. Write-once; writing again does nothing.
/// A dead notification lies in the store of its events.
/// </summary>
internal sealed class DeadLetters(Store store, AlertDispatcher dispatcher, TimeProvider time)
{
    private const int MaxMessageBytes = 1_000;
    private const int MaxReasonBytes = 3_000;

    /// <summary>Keeps a notification with its tries. One that died before, and was sent again in vain, has a new letter.</summary>
    /// <exception cref="StorageException">It may not be kept; a retry is safe.</exception>
    public async Task AddAsync(
        string channel, Notification notification, string reason, IReadOnlyList<DeliveryAttempt> attempts, CancellationToken cancellationToken)
    {
        var content = Write(writer =>
        {
            writer.WriteString("channel"u8, channel);
            writer.WritePropertyName("reason"u8);
            BoundedText.Write(writer, reason, MaxReasonBytes);
            writer.WritePropertyName("attempts"u8);
            JsonSerializer.Serialize(writer, attempts, AlertJsonContext.Default.IReadOnlyListDeliveryAttempt);
            writer.WritePropertyName("notification"u8);
            writer.WriteRawValue(notification.Json.Span, skipInputValidation: true);
        });
        var name = NameOf(channel, notification.Id);
        if (await store.Blobs.PutAsync(name, content, cancellationToken) == PutResult.AlreadyExists)
        {
            await store.Blobs.DeleteAsync(name, cancellationToken);
            await store.Blobs.PutAsync(name, content, cancellationToken);
        }
    }

    /// <summary>Where the dead letters of a channel are: their names begin so.</summary>
    public static string FolderOf(string channel) => $"dead/{channel}/";

    /// <summary>Where a dead letter is.</summary>
    public static BlobName NameOf(string channel, AlertId id) => new(Containers.Alerts, $"{FolderOf(channel)}{id}.json");

    /// <summary>
    /// Says, at most once an hour for a channel, that notifications of it are dead. Not to be called for those of the
    /// pipeline itself: on a dead channel each dead letter would make the next.
    /// </summary>
    /// <exception cref="StorageException">It may not be said; a retry is safe.</exception>
    public Task RaiseAsync(string channel, CancellationToken cancellationToken) => dispatcher.RaiseAsync(
        string.Create(CultureInfo.InvariantCulture, $"dead/{channel}/{store.Name}/{time.GetUtcNow():yyyy-MM-ddTHH}"),
        $"Notifications could not be delivered to channel {channel}. They lie in {Containers.Alerts}/{FolderOf(channel)}{(store.IsDefault ? "" : $" of the store {store}")} until they are sent again.",
        cancellationToken);

    /// <summary>Keeps a queue message that can not be handled, and raises an alert about it.</summary>
    /// <exception cref="StorageException">It may not be kept; a retry is safe.</exception>
    public async Task AddMessageAsync(ReadOnlyMemory<byte> message, string reason, CancellationToken cancellationToken)
    {
        var content = Write(writer =>
        {
            writer.WritePropertyName("reason"u8);
            BoundedText.Write(writer, reason, MaxReasonBytes);
            writer.WritePropertyName("message"u8);
            BoundedText.Write(writer, Encoding.UTF8.GetString(message.Span), MaxMessageBytes);
        });
        var name = new BlobName(Containers.Alerts, $"dead-messages/{Convert.ToHexStringLower(SHA256.HashData(message.Span).AsSpan(0, 16))}.json");
        await store.Blobs.PutAsync(name, content, cancellationToken);
        await dispatcher.RaiseAsync(name.Path, $"A message of the alert queue could not be handled. It lies in {name}.", cancellationToken);
    }

    private byte[] Write(Action<Utf8JsonWriter> rest)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer, Alert.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema"u8, 1);
            writer.WriteString("diedAt"u8, EventTime.From(time.GetUtcNow()).ToString());
            rest(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
