using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Trailgate.Alerts.Channels;

/// <summary>
/// Posts notifications to any HTTP receiver, signed by Standard Webhooks 1.0.0. The id of a message stays the same over all
/// tries, so that a receiver can tell repetitions.
/// </summary>
internal sealed class WebhookChannel(ChannelSetup setup)
{
    /// <summary>Its place in the settings.</summary>
    public static readonly ChannelType Type = new("webhook", [nameof(ChannelOptions.Secret)], Check, static setup => new WebhookChannel(setup).SendAsync);

    private readonly IReadOnlyList<byte[]> _keys = WebhookSecrets.TryParse(setup.Options.Secret, out var keys)
        ? keys
        : throw new ArgumentException($"Channel {setup.Name} has no valid secret.", nameof(setup));

    /// <summary>One try.</summary>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public Task<SendResult> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        var id = setup.KeyOf(notification);
        var timestamp = setup.Time.GetUtcNow().ToUnixTimeSeconds();
        var body = Body(notification);
        return setup.Sender.PostAsync(
            id,
            "application/json",
            body,
            [
                new("webhook-id", id),
                new("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture)),
                new("webhook-signature", WebhookSignature.Sign(_keys, id, timestamp, body)),
            ],
            cancellationToken);
    }

    private static IEnumerable<string> Check(ChannelOptions options) => WebhookSecrets.TryParse(options.Secret, out _)
        ? []
        : [$"Secret must be whsec_ and the Base64 of {WebhookSecrets.MinBytes} to {WebhookSecrets.MaxBytes} bytes; several are split by a space or a comma."];

    private static byte[] Body(Notification notification)
    {
        var buffer = new ArrayBufferWriter<byte>(notification.Json.Length + 128);
        using (var writer = new Utf8JsonWriter(buffer, Alert.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, TypeOf(notification.Kind));
            writer.WriteString("timestamp"u8, notification.OccurredAt);
            writer.WritePropertyName("data"u8);
            writer.WriteRawValue(notification.Json.Span, skipInputValidation: true);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static ReadOnlySpan<byte> TypeOf(NotificationKind kind) => kind switch
    {
        NotificationKind.Alert => "trailgate.alert"u8,
        NotificationKind.Summary => "trailgate.summary"u8,
        NotificationKind.Resolution => "trailgate.resolution"u8,
        _ => throw new UnreachableException(),
    };
}
