using System.Text;
using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Archive;

/// <summary>What the JSON of manifests and plans have in common.</summary>
internal static class ArchiveJson
{
    /// <summary>Whether an exception of reading means that the bytes are not what they should be.</summary>
    public static bool IsFormatError(Exception e) =>
        e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException;

    public static void WriteTime(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, EventTime time)
    {
        Span<byte> text = stackalloc byte[EventTime.MaxTextLength];
        writer.WriteString(name, text[..time.WriteText(text)]);
    }

    public static EventTime GetTime(this JsonElement element) =>
        EventTime.TryParse(Encoding.UTF8.GetBytes(element.GetText()), out var time)
            ? time
            : throw new FormatException("A time is not in the form that the archive writes.");

    public static Region GetRegion(this JsonElement element) =>
        Region.TryParse(element.GetText().AsSpan(), out var region) ? region : throw new FormatException("A region's name is not valid.");

    public static string GetText(this JsonElement element) =>
        element.GetString() ?? throw new FormatException("A text is null.");

    public static void WriteBatches(this Utf8JsonWriter writer, IReadOnlyList<BatchReference> batches)
    {
        writer.WriteStartArray("batches"u8);
        foreach (var batch in batches)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, batch.Name);
            writer.WriteString("sha256"u8, batch.Sha256);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static IReadOnlyList<BatchReference> GetBatches(this JsonElement element)
    {
        var batches = new List<BatchReference>(element.GetArrayLength());
        foreach (var batch in element.EnumerateArray())
        {
            batches.Add(new BatchReference(batch.GetProperty("name"u8).GetText(), batch.GetProperty("sha256"u8).GetText()));
        }

        return batches;
    }
}
