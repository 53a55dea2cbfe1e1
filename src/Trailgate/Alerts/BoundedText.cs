using System.Text;
using System.Text.Json;

namespace Trailgate.Alerts;

/// <summary>Strings that keep to a number of bytes, cut between characters, the cut made visible by an ellipsis.</summary>
internal static class BoundedText
{
    private static ReadOnlySpan<byte> Ellipsis => "…"u8;

    public static void Write(Utf8JsonWriter writer, string text, int maxBytes) =>
        Write(writer, Encoding.UTF8.GetBytes(text), maxBytes);

    /// <summary>Writes a string value. The bytes must be valid UTF-8.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> utf8, int maxBytes)
    {
        if (utf8.Length <= maxBytes)
        {
            writer.WriteStringValue(utf8);
            return;
        }

        var end = maxBytes - Ellipsis.Length;
        while ((utf8[end] & 0xC0) == 0x80)
        {
            end--;
        }

        writer.WriteStringValue([.. utf8[..end], .. Ellipsis]);
    }
}
