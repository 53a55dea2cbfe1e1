using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Alerts;

/// <summary>
/// What could not be delivered, where people find it: <c>dead/{channel}/{id}.json</c> for notifications,
/// <c>dead-messages/{hash}.json</c> for queue messages that no handler can read. Write-once; writing again does nothing.
/// A dead notification lies in the store of its events.
/// </summary>
internal sealed class DeadLetters(Store store, AlertDispatcher dispatcher, TimeProvider time)
{
    private const int MaxMessageBytes = 1_000;
    private const int MaxReasonBytes = 3_000;

    /// <summary>Keeps a notification with its tries.</summary>
    /// <exception cref="StorageException">It may not be kept; a retry is safe.</exception>
    public Task AddAsync(string channel, Notification notification, IReadOnlyList<DeliveryAttempt> attempts, CancellationToken cancellationToken)
    {
        var content = Write(writer =>
        {
            writer.WriteString("channel"u8, channel);
            writer.WritePropertyName("attempts"u8);
            JsonSerializer.Serialize(writer, attempts, AlertJsonContext.Default.IReadOnlyListDeliveryAttempt);
            writer.WritePropertyName("notification"u8);
            writer.WriteRawValue(notification.Json.Span, skipInputValidation: true);
        });
        return store.Blobs.PutAsync(new BlobName(Containers.Alerts, $"dead/{channel}/{notification.Id}.json"), content, cancellationToken);
    }

    /// <summary>
    /// Says once for a matches blob and a channel that alerts of it are dead. Not to be called for alerts of the pipeline:
    /// on a dead channel each dead letter would make the next.
    /// </summary>
    /// <exception cref="StorageException">It may not be said; a retry is safe.</exception>
    public Task RaiseAsync(string channel, MatchesName matches, CancellationToken cancellationToken) => dispatcher.RaiseAsync(
        $"dead/{channel}/{matches.Key}",
        $"Alerts could not be delivered to channel {channel}. They lie in {Containers.Alerts}/dead/{channel}/{(store.IsDefault ? "" : $" of the store {store}")}.",
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
