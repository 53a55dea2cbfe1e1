using System.Buffers;
using System.Text.Json;

namespace Trailgate.Alerts.Channels;

/// <summary>
/// Posts to an incoming webhook of Slack. All blocks are plain text, which Slack does not read for mentions, links or
/// emphasis; what stands in the message's own text is escaped. So no event can say more than words.
/// </summary>
internal sealed class SlackChannel(ChannelSetup setup)
{
    /// <summary>Its place in the settings.</summary>
    public static readonly ChannelType Type = new("slack", [], static _ => [], static setup => new SlackChannel(setup).SendAsync);

    // Slack's limits are 150 for a header, 3,000 for a section, 10 fields of 2,000, 50 blocks; some 13,000 over all
    // blocks, which is written down nowhere. Facts of at most 400 characters keep far below the last one.
    private const int MaxHeader = 150;
    private const int MaxSection = 3_000;
    private const int MaxField = 400;
    private const int FieldsASection = 10;
    private const int MaxUrl = 3_000;

    /// <summary>One try.</summary>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public Task<SendResult> SendAsync(Notification notification, CancellationToken cancellationToken) =>
        setup.Sender.PostAsync(setup.KeyOf(notification), "application/json", Body(setup.TextOf(notification)), [], cancellationToken);

    private static byte[] Body(NotificationText text)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            // Shown where blocks are not: on lock screens.
            writer.WriteString("text"u8, Escape(text.Sentence, MaxSection));
            writer.WriteBoolean("unfurl_links"u8, false);
            writer.WriteBoolean("unfurl_media"u8, false);
            writer.WriteStartArray("blocks"u8);
            WriteBlock(writer, "header", text.Title, MaxHeader);
            foreach (var facts in text.Facts.Chunk(FieldsASection))
            {
                writer.WriteStartObject();
                writer.WriteString("type"u8, "section"u8);
                writer.WriteStartArray("fields"u8);
                foreach (var (label, value) in facts)
                {
                    WritePlainText(writer, $"{Escape(label, 60)}\n{Escape(value, MaxField)}");
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            foreach (var sample in text.Samples)
            {
                WriteBlock(writer, "section", sample, MaxField);
            }

            if (text.Link is { AbsoluteUri.Length: <= MaxUrl } link)
            {
                WriteLink(writer, link);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteBlock(Utf8JsonWriter writer, string type, string text, int maxLength)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        writer.WritePropertyName("text"u8);
        WritePlainText(writer, Escape(text, maxLength));
        writer.WriteEndObject();
    }

    private static void WriteLink(Utf8JsonWriter writer, Uri link)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "actions"u8);
        writer.WriteStartArray("elements"u8);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "button"u8);
        writer.WritePropertyName("text"u8);
        WritePlainText(writer, "Open in Trailgate");
        writer.WriteString("url"u8, link.AbsoluteUri);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WritePlainText(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "plain_text"u8);
        writer.WriteString("text"u8, text);
        // Otherwise :siren: is a picture.
        writer.WriteBoolean("emoji"u8, false);
        writer.WriteEndObject();
    }

    private static string Escape(string line, int maxLength) => PlainText.Escape(
        line,
        static rune => rune.Value switch
        {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            _ => rune.ToString(),
        },
        maxLength);
}
