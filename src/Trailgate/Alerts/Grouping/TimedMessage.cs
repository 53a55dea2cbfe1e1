using System.Buffers;
using System.Text.Json;

namespace Trailgate.Alerts.Grouping;

/// <summary>What waits in the queue until its time has come. It names a blob and holds no data of an event.</summary>
internal abstract record TimedMessage
{
    private const string WindowSchema = "trailgate.alert-window";
    private const string WaitSchema = "trailgate.alert-wait";
    private const int Version = 1;

    private TimedMessage()
    {
    }

    /// <summary>The name of the store.</summary>
    public required string Store { get; init; }

    /// <summary>A window of a group ends.</summary>
    public sealed record WindowEnd(GroupId Group, long Window) : TimedMessage;

    /// <summary>Nothing may have followed some matches of a rule.</summary>
    public sealed record WaitEnd(MatchesName Matches, string Rule) : TimedMessage;

    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("schema"u8, this is WindowEnd ? WindowSchema : WaitSchema);
            writer.WriteNumber("version"u8, Version);
            writer.WriteString("store"u8, Store);
            if (this is WindowEnd window)
            {
                writer.WriteString("rule"u8, window.Group.Rule);
                writer.WriteString("group"u8, window.Group.Hash);
                writer.WriteNumber("window"u8, window.Window);
            }
            else if (this is WaitEnd wait)
            {
                writer.WriteString("rule"u8, wait.Rule);
                writer.WriteString("blob"u8, wait.Matches.Blob.Path);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Null when it is another kind of message, or none.</summary>
    public static TimedMessage? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            if (root.GetProperty("version"u8).GetInt32() != Version
                || root.GetProperty("store"u8).GetString() is not { } store || root.GetProperty("rule"u8).GetString() is not { } rule)
            {
                return null;
            }

            return root.GetProperty("schema"u8).GetString() switch
            {
                WindowSchema when GroupId.TryParse(rule, root.GetProperty("group"u8).GetString(), out var group) =>
                    new WindowEnd(group, root.GetProperty("window"u8).GetInt64()) { Store = store },
                WaitSchema when MatchesName.TryParse(store, root.GetProperty("blob"u8).GetString(), out var matches) =>
                    new WaitEnd(matches, rule) { Store = store },
                _ => null,
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
