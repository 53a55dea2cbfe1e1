using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using Trailgate.Archive;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Reads the full body of an event that had to be limited. Its line names the blob under <c>trailgate.limited</c>; the
/// blob is the gzip of the whole (redacted) event.
/// </summary>
public sealed class OverflowReader(IBlobStore blobs)
{
    private const int MaxBytes = 64 * 1024 * 1024; // as much as an inflated request may have
    private const string Prefix = "overflow/";
    private const string Suffix = ".json.gz";

    /// <summary>The overflow that a stored line names; null when nothing of the event was kept aside.</summary>
    public static BlobName? NameIn(ReadOnlyMemory<byte> line)
    {
        using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 128 });
        if (!document.RootElement.TryGetProperty("trailgate"u8, out var own)
            || !own.TryGetProperty("limited"u8, out var limited)
            || limited.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        foreach (var entry in limited.EnumerateArray())
        {
            if (entry.ValueKind == JsonValueKind.Object
                && entry.TryGetProperty("overflow"u8, out var overflow)
                && overflow.ValueKind == JsonValueKind.String
                && overflow.GetString() is { } path
                && path.StartsWith(Prefix, StringComparison.Ordinal)
                && BlobName.IsValidPath(path))
            {
                return new BlobName(Containers.Archive, path.EndsWith(Suffix, StringComparison.Ordinal) ? path : path + Suffix);
            }
        }

        return null;
    }

    /// <summary>The full event as JSON; null when the blob is gone.</summary>
    /// <exception cref="ArchiveDamagedException">The blob holds no whole event.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(BlobName name, CancellationToken cancellationToken)
    {
        if (await blobs.OpenReadAsync(name, 0, null, cancellationToken) is not { } stored)
        {
            return null;
        }

        var full = new ArrayBufferWriter<byte>(64 * 1024);
        await using (var gzip = new GZipStream(stored, CompressionMode.Decompress))
        {
            try
            {
                while (await gzip.ReadAsync(full.GetMemory(16 * 1024), cancellationToken) is > 0 and var read)
                {
                    full.Advance(read);
                    if (full.WrittenCount > MaxBytes)
                    {
                        throw new ArchiveDamagedException(name, "it is larger than any event");
                    }
                }
            }
            catch (InvalidDataException)
            {
                throw new ArchiveDamagedException(name, "the bytes are no gzip");
            }
        }

        // A gzip that was cut off inflates without a complaint; half an event is no JSON.
        return IsObject(full.WrittenSpan) ? full.WrittenMemory : throw new ArchiveDamagedException(name, "it holds no whole event");
    }

    private static bool IsObject(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 128 });
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
