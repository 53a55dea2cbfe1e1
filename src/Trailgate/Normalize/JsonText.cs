using System.Text.Json;

namespace Trailgate.Normalize;

/// <summary>Texts that hold JSON: bodies that a source has serialised twice.</summary>
internal static class JsonText
{
    /// <summary>How deep such a text may nest to be opened.</summary>
    public const int MaxDepth = 64;

    /// <summary>Whether a text is one JSON object or array, whole.</summary>
    public static bool IsObjectOrArray(ReadOnlySpan<byte> text)
    {
        var trimmed = text.Trim(" \t\r\n"u8);
        if (trimmed.Length < 2 || trimmed[0] is not ((byte)'{' or (byte)'['))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(trimmed, new JsonReaderOptions { MaxDepth = MaxDepth });
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
