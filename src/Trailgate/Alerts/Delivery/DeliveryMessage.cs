using System.Buffers;
using System.Text.Json;

namespace Trailgate.Alerts.Delivery;

/// <summary>
/// What waits in the queue: the names of a matches blob and its store, never data of an event. Without a channel it stands
/// for all channels, at their first try.
/// </summary>
/// <param name="Matches">The alerts to deliver.</param>
internal sealed record DeliveryMessage(MatchesName Matches)
{
    private const string SchemaName = "trailgate.alert-delivery";
    private const int SchemaVersion = 1;

    /// <summary>The only channel that is meant, or null.</summary>
    public string? Channel { get; init; }

    /// <summary>Which try this is, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>How often the matches blob was looked for in vain.</summary>
    public int Lookups { get; init; }

    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("schema"u8, SchemaName);
            writer.WriteNumber("version"u8, SchemaVersion);
            writer.WriteString("store"u8, Matches.Store);
            writer.WriteString("blob"u8, Matches.Blob.Path);
            if (Channel is not null)
            {
                writer.WriteString("channel"u8, Channel);
                writer.WriteNumber("attempt"u8, Attempt);
            }

            if (Lookups > 0)
            {
                writer.WriteNumber("lookups"u8, Lookups);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Null, with a reason for people, when the bytes are no such message.</summary>
    public static DeliveryMessage? Read(ReadOnlyMemory<byte> bytes, out string? reason)
    {
        reason = null;
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            if (root.GetProperty("schema"u8).GetString() != SchemaName || root.GetProperty("version"u8).GetInt32() != SchemaVersion)
            {
                reason = $"The message is not of schema {SchemaName}, version {SchemaVersion}.";
                return null;
            }

            var channel = root.TryGetProperty("channel"u8, out var named) ? named.GetString() : null;
            var attempt = root.TryGetProperty("attempt"u8, out var number) ? number.GetInt32() : 1;
            var lookups = root.TryGetProperty("lookups"u8, out var count) ? count.GetInt32() : 0;
            if (MatchesName.TryParse(root.GetProperty("store"u8).GetString(), root.GetProperty("blob"u8).GetString(), out var matches)
                && (channel is null || AlertOptions.IsChannelName(channel)) && attempt is >= 1 and <= RetrySchedule.MaxAttempts && lookups >= 0)
            {
                return new DeliveryMessage(matches) { Channel = channel, Attempt = attempt, Lookups = lookups };
            }

            reason = "The message names a store, a blob, a channel or a count that can not be.";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            reason = "The message is no JSON object with schema, version, store and blob.";
        }

        return null;
    }
}
