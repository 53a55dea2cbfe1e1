using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Trailgate.Archive;

/// <summary>
/// All that shows, with a public key and nothing else, that an event stands in the archive: its line, the path from it to
/// the Merkle root of its segment, the manifest that lists the segment, and the signed ledger note that names the manifest.
/// </summary>
/// <remarks>One line of JSON in one form only, so that every byte of it counts.</remarks>
public sealed record EventProof
{
    /// <summary>The value of the member <c>format</c>.</summary>
    public const string Format = "trailgate-proof-1";

    private const int MaxDepth = 200; // an event is nested 128 deep at most

    /// <summary>The event's line, without its newline.</summary>
    public required ReadOnlyMemory<byte> Event { get; init; }

    /// <summary>The whole of an event that had to be limited; null for others, and where it is no longer kept.</summary>
    public required ReadOnlyMemory<byte>? Overflow { get; init; }

    /// <summary>The segment that holds the event, as the manifest names it.</summary>
    public required string Segment { get; init; }

    /// <summary>The event's line in the segment, from 0.</summary>
    public required long Index { get; init; }

    /// <summary>The hashes beside the way to the root, from the leaf upwards, hexadecimal.</summary>
    public required IReadOnlyList<string> Path { get; init; }

    /// <summary>The stored bytes of the manifest.</summary>
    public required ReadOnlyMemory<byte> Manifest { get; init; }

    /// <summary>The stored note.</summary>
    public required string Note { get; init; }

    /// <summary>The file, with its newline.</summary>
    public ReadOnlyMemory<byte> ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(4096 + Event.Length + Manifest.Length + Note.Length + (Overflow?.Length ?? 0));

        // The text of the note is to be read by people too: as it is, not as escapes.
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth }))
        {
            writer.WriteStartObject();
            writer.WriteString("format"u8, Format);
            WriteRaw(writer, "event"u8, Event);
            if (Overflow is { } overflow)
            {
                WriteRaw(writer, "overflow"u8, overflow);
            }

            writer.WriteString("segment"u8, Segment);
            writer.WriteNumber("index"u8, Index);
            writer.WriteStartArray("path"u8);
            foreach (var hash in Path)
            {
                writer.WriteStringValue(hash);
            }

            writer.WriteEndArray();
            WriteRaw(writer, "manifest"u8, Manifest);
            writer.WriteString("note"u8, Note);
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>Reads a file that anybody may have written; false when it is not exactly what <see cref="ToBytes"/> writes.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out EventProof? proof)
    {
        proof = null;
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth });
            var root = document.RootElement;
            var read = new EventProof
            {
                Event = Raw(root.GetProperty("event"u8)),
                Overflow = root.TryGetProperty("overflow"u8, out var overflow) ? Raw(overflow) : default(ReadOnlyMemory<byte>?), // a plain null would become an empty one
                Segment = root.GetProperty("segment"u8).GetText(),
                Index = root.GetProperty("index"u8).GetInt64(),
                Path = [.. root.GetProperty("path"u8).EnumerateArray().Select(ArchiveJson.GetText)],
                Manifest = Raw(root.GetProperty("manifest"u8)),
                Note = root.GetProperty("note"u8).GetText(),
            };
            proof = root.GetProperty("format"u8).GetString() == Format && read.ToBytes().Span.SequenceEqual(bytes.Span) ? read : null;
        }
        catch (Exception e) when (ArchiveJson.IsFormatError(e) || e is ArgumentException)
        {
            // ArgumentException: half of a surrogate pair, which no writer takes.
        }

        return proof is not null;
    }

    private static ReadOnlyMemory<byte> Raw(JsonElement element) => JsonMarshal.GetRawUtf8Value(element).ToArray();

    // Not checked again: the writer would, and it is stored as it was checked, byte for byte.
    private static void WriteRaw(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> json)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(json.Span, skipInputValidation: true);
    }
}
