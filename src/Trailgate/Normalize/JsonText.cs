using System.Text.Json;

namespace Trailgate.Normalize;

/// <summary>Texts that hold JSON: bodies that a source has serialised twice.</summary>
internal static class JsonText
{
    /// <summary>How deep such a text may nest to be opened.</summary>
    public const int MaxDepth = 64;

    /// <summary>Whether a text is one JSON object or array, whole.</summary>
    public static bool IsObjectOrArray(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8) is [(byte)'{' or (byte)'[', _, ..] && IsJson(text);

    /// <summary>Whether a text is one JSON object, array or string, whole: what other texts can be wrapped in.</summary>
    public static bool IsWrapping(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8) is [(byte)'{' or (byte)'[' or (byte)'"', _, ..] && IsJson(text);

    /// <summary>Whether a text is one JSON string, whole.</summary>
    public static bool IsString(ReadOnlySpan<byte> text) => text is [(byte)'"', .., (byte)'"'] && IsJson(text);

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
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
