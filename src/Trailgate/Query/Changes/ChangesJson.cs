using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Query.Changes;

/// <summary>What an event changed, as JSON.</summary>
public static class ChangesJson
{
    /// <summary>Writes one object.</summary>
    public static void Write(Utf8JsonWriter writer, EventChanges changes)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, (changes.Kind == EventKind.Security ? EventKind.Other : changes.Kind).ToText());
        if (changes.Target is { } target)
        {
            writer.WriteString("target"u8, target);
        }

        writer.WriteString("state"u8, TextOf(changes.State));
        writer.WriteStartArray("differences"u8);
        foreach (var difference in changes.Differences)
        {
            Write(writer, difference);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("unknown"u8);
        foreach (var path in changes.Unknown)
        {
            writer.WriteStringValue(path);
        }

        writer.WriteEndArray();
        if (changes.Notes.Count > 0)
        {
            writer.WriteString("note"u8, string.Join(' ', changes.Notes));
        }

        if (changes is { Last: { } last, LastSeen: { } seen })
        {
            writer.WriteStartObject("deleted"u8);
            writer.WritePropertyName("last"u8);
            last.WriteTo(writer);
            Write(writer, seen);
            writer.WriteEndObject();
        }

        writer.WriteNumber("examined"u8, changes.Examined);
        writer.WriteEndObject();
    }

    private static string TextOf(ChangeState state) => state switch
    {
        ChangeState.Compared => "compared",
        ChangeState.First => "first",
        ChangeState.Unknown => "unknown",
        _ => "nothing-to-compare",
    };

    private static void Write(Utf8JsonWriter writer, Difference difference)
    {
        writer.WriteStartObject();
        writer.WriteString("op"u8, difference.Op);
        writer.WriteString("path"u8, difference.Path);
        if (difference.Value is { } value)
        {
            writer.WritePropertyName("value"u8);
            value.WriteTo(writer);
        }

        if (difference.Old is { } old)
        {
            writer.WritePropertyName("old"u8);
            old.WriteTo(writer);
        }

        if (difference.Observed is { } observed)
        {
            Write(writer, observed);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Observation observed)
    {
        writer.WriteStartObject("observed"u8);
        writer.WriteString("id"u8, observed.Id.ToString());
        writer.WriteString("eventTime"u8, observed.Time.ToString());
        writer.WriteString("action"u8, observed.Action);
        writer.WriteString("region"u8, observed.Region);
        writer.WriteEndObject();
    }
}
