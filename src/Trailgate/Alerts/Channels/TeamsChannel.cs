using System.Buffers;
using System.Text.Json;

namespace Trailgate.Alerts.Channels;

/// <summary>
/// Posts an Adaptive Card to a Workflows webhook of Microsoft Teams. Its texts are runs of rich text blocks, because those
/// read no Markdown; the macros that any text may hold are broken up.
/// </summary>
internal sealed class TeamsChannel(ChannelSetup setup)
{
    /// <summary>Its place in the settings.</summary>
    public static readonly ChannelType Type = new("teams", [], static _ => [], static setup => new TeamsChannel(setup).SendAsync);

    /// <summary>Longest message in bytes. Teams refuses those of about 28 KB, and the workflow adds something of its own.</summary>
    public const int MaxBytes = 25_000;

    /// <summary>One try.</summary>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public Task<SendResult> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        var text = setup.TextOf(notification);
        var maxLength = NotificationText.MaxFactLength;
        var body = Body(text, maxLength);
        while (body.Length > MaxBytes)
        {
            // An emoji takes 12 bytes as an escape; a card full of them gives way evenly.
            maxLength /= 2;
            body = Body(text, maxLength);
        }

        return setup.Sender.PostAsync(setup.KeyOf(notification), "application/json", body, [], cancellationToken);
    }

    private static byte[] Body(NotificationText text, int maxLength)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "message"u8);
            writer.WriteStartArray("attachments"u8);
            writer.WriteStartObject();
            writer.WriteString("contentType"u8, "application/vnd.microsoft.card.adaptive"u8);
            writer.WriteNull("contentUrl"u8);
            writer.WritePropertyName("content"u8);
            WriteCard(writer, text, maxLength);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteCard(Utf8JsonWriter writer, NotificationText text, int maxLength)
    {
        writer.WriteStartObject();
        writer.WriteString("$schema"u8, "http://adaptivecards.io/schemas/adaptive-card.json"u8);
        writer.WriteString("type"u8, "AdaptiveCard"u8);
        writer.WriteString("version"u8, "1.4"u8);
        writer.WriteStartObject("msteams"u8);
        writer.WriteString("width"u8, "Full"u8);
        writer.WriteEndObject();
        // What a screen reader and a notification say.
        writer.WriteString("fallbackText"u8, Harmless(text.Title, maxLength));
        writer.WriteStartArray("body"u8);
        WriteParagraph(writer, (Harmless(text.Title, maxLength), "Medium", true));
        foreach (var (label, value) in text.Facts)
        {
            WriteParagraph(writer, ($"{Harmless(label, 60)}: ", null, true), (Harmless(value, maxLength), null, false));
        }

        foreach (var sample in text.Samples)
        {
            WriteParagraph(writer, (Harmless(sample, maxLength), null, false));
        }

        writer.WriteEndArray();
        if (text.Link is { } link)
        {
            writer.WriteStartArray("actions"u8);
            writer.WriteStartObject();
            writer.WriteString("type"u8, "Action.OpenUrl"u8);
            writer.WriteString("title"u8, "Open in Trailgate"u8);
            writer.WriteString("url"u8, link.AbsoluteUri);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteParagraph(Utf8JsonWriter writer, params ReadOnlySpan<(string Text, string? Size, bool IsBold)> runs)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "RichTextBlock"u8);
        writer.WriteStartArray("inlines"u8);
        foreach (var (text, size, isBold) in runs)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "TextRun"u8);
            writer.WriteString("text"u8, text);
            if (size is not null)
            {
                writer.WriteString("size"u8, size);
            }

            if (isBold)
            {
                writer.WriteString("weight"u8, "Bolder"u8);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    // {{DATE(...)}} is a macro of cards, ${...} one of their templates, @{...} one of workflows, <at> a mention.
    private static string Harmless(string line, int maxLength) => PlainText.Escape(
        line,
        static rune => rune.Value switch
        {
            '{' => "{\u2060",
            '<' => "<\u2060",
            _ => rune.ToString(),
        },
        maxLength);
}
