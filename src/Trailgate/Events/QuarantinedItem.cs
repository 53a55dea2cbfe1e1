using System.Text.Json;

namespace Trailgate.Events;

/// <summary>
/// What arrived and is no event, as one line: redacted, with the reason. It rides in the batch, so that it became durable
/// together with the events around it; the archive run moves it to the quarantine.
/// </summary>
public static class QuarantinedItem
{
    /// <summary>What such a line begins with; no other line of a batch does.</summary>
    public static ReadOnlySpan<byte> LineStart => "{\"quarantined\":"u8;

    /// <summary>Reads the region under which the item was counted.</summary>
    public static bool TryReadRegion(ReadOnlySpan<byte> line, out Region region)
    {
        region = Region.Unknown;
        if (!line.StartsWith(LineStart))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 128 });
            reader.Read();
            reader.Read();
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("region"u8))
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.String && Region.TryParse(reader.ValueSpan, out region);
                }

                reader.Read();
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Not written by us: the caller treats the line as damage.
        }

        return false;
    }
}
