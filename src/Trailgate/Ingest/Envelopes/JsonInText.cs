using System.Text.Json;
using System.Text.Unicode;
using Trailgate.Normalize;

namespace Trailgate.Ingest.Envelopes;

/// <summary>JSON that a sender has put into a JSON string.</summary>
internal static class JsonInText
{
    /// <summary>Whether a string value begins like an object, escaped or not.</summary>
    public static bool BeginsLikeObject(ReadOnlySpan<byte> json) => json[1..].TrimStart(" "u8) is [(byte)'{', ..];

    /// <summary>The text that a JSON string stands for.</summary>
    public static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> json)
    {
        var content = json[1..^1];
        if (!content.Contains((byte)'\\'))
        {
            return content;
        }

        var text = new ByteBuffer(content.Length);
        JsonStrings.AppendUnescaped(content, text);
        return text.Written;
    }

    /// <summary>The object or array in a member: itself, or the text of it. False when it is neither.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> json, out ReadOnlySpan<byte> content)
    {
        content = json;
        if (json[0] is (byte)'{' or (byte)'[')
        {
            return true;
        }

        content = json[0] == '"' ? Unescape(json).Trim(" \t\r\n"u8) : [];
        return IsWhole(content);
    }

    /// <summary>Whether bytes are one JSON object or array, whole, in UTF-8.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[0] is not ((byte)'{' or (byte)'[') || text[^1] is not ((byte)'}' or (byte)']') || !Utf8.IsValid(text))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(text, ItemNormalizer.SingleValue);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
