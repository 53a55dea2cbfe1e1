using System.Text.Json;

namespace Trailgate;

/// <summary>Reading of JSON that outsiders wrote.</summary>
internal static class JsonReading
{
    /// <summary>
    /// Whether the string or name that the reader stands on is this text. Unlike the framework's method it does not throw
    /// at half of a surrogate pair written as an escape, which is valid JSON (RFC 8259, section 8.2) and equals no text.
    /// </summary>
    public static bool TextIs(this ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueTextEquals(text);
        }

        try
        {
            return reader.ValueTextEquals(text);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <inheritdoc cref="TextIs(ref Utf8JsonReader, ReadOnlySpan{byte})" />
    public static bool TextIs(this ref Utf8JsonReader reader, string text)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueTextEquals(text);
        }

        try
        {
            return reader.ValueTextEquals(text);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
