using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Trailgate.Alerts.Channels;

/// <summary>A notification as a CloudEvent 1.0: its attributes, in one body or as headers beside the data.</summary>
/// <param name="Attributes">Names and values; every value is a string of CloudEvents.</param>
/// <param name="Data">The data, JSON.</param>
internal sealed record CloudEvent(IReadOnlyList<KeyValuePair<string, string>> Attributes, ReadOnlyMemory<byte> Data)
{
    /// <summary>The attributes that every notification has.</summary>
    public static CloudEvent Of(Notification notification, string id, string source) => new(
        [
            new("specversion", "1.0"),
            new("id", id),
            new("source", source),
            new("type", notification.Kind switch
            {
                NotificationKind.Summary => "trailgate.summary",
                NotificationKind.Resolution => "trailgate.resolution",
                _ => "trailgate.alert",
            }),
            new("subject", PlainText.Line(notification.Rule, 100)),
            new("time", notification.OccurredAt),
        ],
        notification.Json);

    /// <summary>The body of the structured mode.</summary>
    public byte[] ToStructured()
    {
        var buffer = new ArrayBufferWriter<byte>(Data.Length + 512);
        using (var writer = new Utf8JsonWriter(buffer, Alert.WriterOptions))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in Attributes)
            {
                writer.WriteString(name, value);
            }

            writer.WriteString("datacontenttype"u8, "application/json"u8);
            writer.WritePropertyName("data"u8);
            writer.WriteRawValue(Data.Span, skipInputValidation: true);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The headers of the binary mode. The content type of the body stands for <c>datacontenttype</c>.</summary>
    public IEnumerable<KeyValuePair<string, string>> ToHeaders() =>
        Attributes.Select(attribute => KeyValuePair.Create($"ce-{attribute.Key}", HeaderValue(attribute.Value)));

    /// <summary>Encodes what may not stand in a header as it is: space, quote, percent and all beyond printable ASCII.</summary>
    public static string HeaderValue(string text)
    {
        var built = new StringBuilder(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is > 0x20 and < 0x7F and not ('"' or '%'))
            {
                built.Append((char)rune.Value);
                continue;
            }

            foreach (var part in utf8[..rune.EncodeToUtf8(utf8)])
            {
                built.Append('%').Append(part.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return built.ToString();
    }
}
