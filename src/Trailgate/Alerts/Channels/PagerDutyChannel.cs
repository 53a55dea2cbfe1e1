using System.Buffers;
using System.Text.Json;

namespace Trailgate.Alerts.Channels;

/// <summary>
/// Opens and resolves incidents by the Events API v2 of PagerDuty. What belongs together has one <c>dedup_key</c>, so a
/// summary joins the incident of its first alert, and a resolution ends it.
/// </summary>
internal sealed class PagerDutyChannel(ChannelSetup setup)
{
    /// <summary>Its place in the settings.</summary>
    public static readonly ChannelType Type = new("pagerduty", [nameof(ChannelOptions.RoutingKey)], Check, static setup => new PagerDutyChannel(setup).SendAsync)
    {
        DefaultUrl = "https://events.pagerduty.com/v2/enqueue",
    };

    private const int MaxSummary = 1_024;
    private const int RoutingKeyLength = 32;

    /// <summary>One try.</summary>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public Task<SendResult> SendAsync(Notification notification, CancellationToken cancellationToken) =>
        setup.Sender.PostAsync(setup.KeyOf(notification), "application/json", Body(notification), [], cancellationToken);

    private static IEnumerable<string> Check(ChannelOptions options) =>
        options.RoutingKey is { Length: RoutingKeyLength } key && key.All(char.IsAsciiLetterOrDigit)
            ? []
            : [$"RoutingKey must be the {RoutingKeyLength} letters and digits of an Events API v2 integration."];

    private byte[] Body(Notification notification)
    {
        var text = setup.TextOf(notification);
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("routing_key"u8, setup.Options.RoutingKey);
            writer.WriteString("event_action"u8, notification.Kind == NotificationKind.Resolution ? "resolve"u8 : "trigger"u8);
            writer.WriteString("dedup_key"u8, $"trailgate/{notification.Thread}");
            if (notification.Kind != NotificationKind.Resolution)
            {
                WritePayload(writer, notification, text);
                writer.WriteString("client"u8, "Trailgate"u8);
                if (text.Link is { } link)
                {
                    writer.WriteString("client_url"u8, link.AbsoluteUri);
                    writer.WriteStartArray("links"u8);
                    writer.WriteStartObject();
                    writer.WriteString("href"u8, link.AbsoluteUri);
                    writer.WriteString("text"u8, "Open in Trailgate"u8);
                    writer.WriteEndObject();
                    writer.WriteEndArray();
                }
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WritePayload(Utf8JsonWriter writer, Notification notification, NotificationText text)
    {
        writer.WriteStartObject("payload"u8);
        writer.WriteString("summary"u8, PlainText.Line(text.Sentence, MaxSummary));
        writer.WriteString("source"u8, "trailgate"u8);
        writer.WriteString("severity"u8, SeverityOf(notification.Severity));
        writer.WriteString("timestamp"u8, notification.OccurredAt);
        writer.WriteString("class"u8, PlainText.Line(notification.Rule, 100));
        writer.WriteStartObject("custom_details"u8);
        foreach (var (label, value) in text.Facts.DistinctBy(fact => fact.Key))
        {
            writer.WriteString(label, value);
        }

        if (text.Samples.Count > 0)
        {
            writer.WriteStartArray("Some of them"u8);
            foreach (var sample in text.Samples)
            {
                writer.WriteStringValue(sample);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static ReadOnlySpan<byte> SeverityOf(string severity) => severity switch
    {
        "critical" => "critical"u8,
        "error" or "high" or "major" => "error"u8,
        "warning" or "medium" or "minor" => "warning"u8,
        _ => "info"u8,
    };
}
