using System.Text.Json;

namespace Trailgate.Query.Stories;

/// <summary>A story as JSON; its events are written as they are stored.</summary>
public static class StoryJson
{
    /// <summary>Writes one object.</summary>
    public static void Write(Utf8JsonWriter writer, Story story)
    {
        writer.WriteStartObject();
        writer.WriteString("correlationId"u8, story.CorrelationId);
        WriteTexts(writer, "regions", story.Regions);
        writer.WriteString("from"u8, story.From.ToString());
        writer.WriteString("to"u8, story.To.ToString());
        writer.WriteStartArray("steps"u8);
        foreach (var step in story.Steps)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("event"u8);
            writer.WriteRawValue(step.Line.Span, skipInputValidation: true);
            if (step.IsUnresolved)
            {
                writer.WriteBoolean("unresolved"u8, true);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (story.More)
        {
            writer.WriteBoolean("more"u8, true);
        }

        WriteEvents(writer, "before", story.Before);
        WriteEvents(writer, "after", story.After);
        if (story.Unavailable.Count > 0)
        {
            WriteTexts(writer, "unavailable", story.Unavailable);
        }

        if (story.Damaged.Count > 0)
        {
            WriteTexts(writer, "damaged", story.Damaged);
        }

        writer.WriteStartObject("read"u8);
        writer.WriteNumber("blobs"u8, story.Read.Blobs);
        writer.WriteNumber("bytes"u8, story.Read.Bytes);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteEvents(Utf8JsonWriter writer, string name, IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        writer.WriteStartArray(name);
        foreach (var line in lines)
        {
            writer.WriteRawValue(line.Span, skipInputValidation: true);
        }

        writer.WriteEndArray();
    }

    private static void WriteTexts<T>(Utf8JsonWriter writer, string name, IReadOnlyList<T> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value?.ToString());
        }

        writer.WriteEndArray();
    }
}
