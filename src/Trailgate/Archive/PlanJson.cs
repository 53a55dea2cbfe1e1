using System.Buffers;
using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Archive;

/// <summary>The stored form of a plan.</summary>
internal static class PlanJson
{
    public const int Schema = 1;

    public static ReadOnlyMemory<byte> Write(Plan plan)
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + plan.Batches.Count * 192);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema"u8, Schema);
            writer.WriteString("state"u8, plan.State == PlanState.Done ? "done"u8 : "open"u8);
            writer.WriteString("runId"u8, plan.RunId);
            writer.WriteTime("time"u8, EventTime.From(plan.Time));
            writer.WriteString("origin"u8, plan.Origin);
            WriteNote(writer, plan.Note);
            writer.WriteStartArray("heads"u8);
            foreach (var head in plan.Heads)
            {
                writer.WriteStartObject();
                writer.WriteString("region"u8, head.Region.Name);
                writer.WriteNumber("sequence"u8, head.Sequence);
                writer.WriteString("sha256"u8, head.Sha256);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteBatches(plan.Batches);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Reads stored bytes; null when they are no plan of this version.</summary>
    public static Plan? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            return root.GetProperty("schema"u8).GetInt32() != Schema ? null : new Plan
            {
                State = ReadState(root.GetProperty("state"u8)),
                RunId = root.GetProperty("runId"u8).GetGuid(),
                Time = root.GetProperty("time"u8).GetTime().ToDateTimeOffset(),
                Origin = root.GetProperty("origin"u8).GetText(),
                Note = ReadNote(root.GetProperty("note"u8)),
                Heads = [.. root.GetProperty("heads"u8).EnumerateArray().Select(ReadHead)],
                Batches = root.GetProperty("batches"u8).GetBatches(),
            };
        }
        catch (Exception e) when (ArchiveJson.IsFormatError(e))
        {
            return null;
        }
    }

    private static void WriteNote(Utf8JsonWriter writer, NoteHead? note)
    {
        if (note is null)
        {
            writer.WriteNull("note"u8);
            return;
        }

        writer.WriteStartObject("note"u8);
        writer.WriteNumber("sequence"u8, note.Sequence);
        writer.WriteString("sha256"u8, note.Sha256);
        writer.WriteEndObject();
    }

    private static NoteHead? ReadNote(JsonElement element) => element.ValueKind == JsonValueKind.Null
        ? null
        : new NoteHead(element.GetProperty("sequence"u8).GetInt64(), element.GetProperty("sha256"u8).GetText());

    private static RegionHead ReadHead(JsonElement element) => new(
        element.GetProperty("region"u8).GetRegion(), element.GetProperty("sequence"u8).GetInt64(), element.GetProperty("sha256"u8).GetText());

    private static PlanState ReadState(JsonElement element) => element.GetText() switch
    {
        "open" => PlanState.Open,
        "done" => PlanState.Done,
        _ => throw new FormatException("A plan is open or done."),
    };
}
