using System.Buffers;
using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Archive;

/// <summary>
/// The stored form of a manifest: UTF-8 JSON on one line without insignificant white space, members in a fixed order,
/// so that equal manifests have equal bytes.
/// </summary>
public static class ManifestJson
{
    /// <summary>Version of the format, written as <c>schema</c>.</summary>
    public const int Schema = 1;

    /// <summary>The bytes to store.</summary>
    public static ReadOnlyMemory<byte> Write(Manifest manifest)
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + manifest.Segments.Count * 512 + manifest.Batches.Count * 192);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema"u8, Schema);
            writer.WriteString("region"u8, manifest.Region.Name);
            writer.WriteNumber("sequence"u8, manifest.Sequence);
            writer.WriteString("runId"u8, manifest.RunId);
            writer.WriteTime("time"u8, EventTime.From(manifest.Time));
            writer.WriteString("previous"u8, manifest.Previous);
            writer.WriteStartArray("segments"u8);
            foreach (var segment in manifest.Segments)
            {
                WriteSegment(writer, segment);
            }

            writer.WriteEndArray();
            writer.WriteBatches(manifest.Batches);
            WriteCounts(writer, "counts"u8, manifest.Counts);
            WriteCounts(writer, "totals"u8, manifest.Totals);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Reads stored bytes; null when they are no manifest of this version.</summary>
    public static Manifest? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            return root.GetProperty("schema"u8).GetInt32() != Schema ? null : new Manifest
            {
                Region = root.GetProperty("region"u8).GetRegion(),
                Sequence = root.GetProperty("sequence"u8).GetInt64(),
                RunId = root.GetProperty("runId"u8).GetGuid(),
                Time = root.GetProperty("time"u8).GetTime().ToDateTimeOffset(),
                Previous = root.GetProperty("previous"u8) is { ValueKind: JsonValueKind.String } previous ? previous.GetText() : null,
                Segments = [.. root.GetProperty("segments"u8).EnumerateArray().Select(ReadSegment)],
                Batches = root.GetProperty("batches"u8).GetBatches(),
                Counts = ReadCounts(root.GetProperty("counts"u8)),
                Totals = ReadCounts(root.GetProperty("totals"u8)),
            };
        }
        catch (Exception e) when (ArchiveJson.IsFormatError(e))
        {
            return null;
        }
    }

    private static void WriteSegment(Utf8JsonWriter writer, Segment segment)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, segment.Name);
        writer.WriteString("sha256"u8, segment.Sha256);
        writer.WriteNumber("bytes"u8, segment.Bytes);
        writer.WriteNumber("lines"u8, segment.Lines);
        writer.WriteNumber("uncompressedBytes"u8, segment.UncompressedBytes);
        writer.WriteTime("minTime"u8, segment.MinTime);
        writer.WriteTime("maxTime"u8, segment.MaxTime);
        writer.WriteString("merkleRoot"u8, segment.MerkleRoot);
        writer.WriteEndObject();
    }

    private static Segment ReadSegment(JsonElement element) => new()
    {
        Name = element.GetProperty("name"u8).GetText(),
        Sha256 = element.GetProperty("sha256"u8).GetText(),
        Bytes = element.GetProperty("bytes"u8).GetInt64(),
        Lines = element.GetProperty("lines"u8).GetInt64(),
        UncompressedBytes = element.GetProperty("uncompressedBytes"u8).GetInt64(),
        MinTime = element.GetProperty("minTime"u8).GetTime(),
        MaxTime = element.GetProperty("maxTime"u8).GetTime(),
        MerkleRoot = element.GetProperty("merkleRoot"u8).GetText(),
    };

    private static void WriteCounts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ArchiveCounts counts)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("received"u8, counts.Received);
        writer.WriteNumber("archived"u8, counts.Archived);
        writer.WriteNumber("duplicate"u8, counts.Duplicate);
        writer.WriteNumber("quarantined"u8, counts.Quarantined);
        writer.WriteEndObject();
    }

    private static ArchiveCounts ReadCounts(JsonElement element) => new(
        element.GetProperty("received"u8).GetInt64(),
        element.GetProperty("archived"u8).GetInt64(),
        element.GetProperty("duplicate"u8).GetInt64(),
        element.GetProperty("quarantined"u8).GetInt64());
}
