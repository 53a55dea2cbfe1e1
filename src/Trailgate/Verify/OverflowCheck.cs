using System.Buffers;
using System.IO.Compression;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>Checks an overflow blob: one gzip member whose content has the SHA-256 of its name and is a whole event.</summary>
internal sealed class OverflowCheck(IBlobStore blobs, Findings findings, OverflowIds overflows)
{
    /// <summary>As much as an inflated request may have at most, with what the normalizer adds.</summary>
    public const int MaxBytes = 80 * 1024 * 1024;

    private const int MaxStored = MaxBytes + MaxBytes / 512;

    private readonly EventContent _content = new();

    /// <summary>Checks one blob, and remembers which event it holds.</summary>
    /// <returns>Stored bytes.</returns>
    /// <exception cref="StorageException">The store could not do it.</exception>
    public async Task<long> RunAsync(string path, CancellationToken cancellationToken)
    {
        var name = new BlobName(Containers.Archive, path);
        if (OverflowPath.Read(path) is not { } expected)
        {
            findings.Add(FindingCodes.ObjectUnlisted, name, "nothing that is kept in the archive is named so");
            return 0;
        }

        var read = await BlobBytes.ReadAsync(blobs, name, MaxStored, cancellationToken);
        var (problem, content) = read.TooLarge ? ("it is larger than any event", default) : Inflate(read.Bytes);
        if (problem is null && Digest.Of(content.Span) != expected)
        {
            problem = "its content does not have the SHA-256 of its name";
        }

        if (problem is null && !_content.TryRead(content.Span))
        {
            problem = "it holds no whole event";
        }

        if (problem is not null)
        {
            findings.Add(FindingCodes.OverflowChanged, name, problem);
            overflows.Add(expected, OverflowVerdict.Damaged, default);
        }
        else if (_content.TryRebuild(content.Span))
        {
            overflows.Add(expected, OverflowVerdict.Good, EventId.Of(_content.Content));
        }
        else
        {
            overflows.Add(expected, OverflowVerdict.Unknown, default);
        }

        return read.Bytes.Length;
    }

    private static (string? Problem, ReadOnlyMemory<byte> Content) Inflate(ReadOnlyMemory<byte> stored)
    {
        if (stored.Length < 18 || !stored.Span.StartsWith(InflaterFeed.Magic))
        {
            return ("it is no gzip", default);
        }

        var content = new ArrayBufferWriter<byte>(Math.Min(stored.Length * 4, MaxBytes));
        var feed = new InflaterFeed();
        feed.Open(stored.ToArray(), 10, stored.Length - 10, endsHere: true);
        try
        {
            using var inflater = new DeflateStream(feed, CompressionMode.Decompress, leaveOpen: true);
            while (inflater.Read(content.GetSpan(64 * 1024)) is > 0 and var count)
            {
                content.Advance(count);
                if (content.WrittenCount > MaxBytes)
                {
                    return ("it is larger than any event", default);
                }
            }
        }
        catch (InvalidDataException)
        {
            return ("its compressed bytes are damaged", default);
        }

        if (feed.WantsMore || !feed.IsExact || feed.Given != stored.Length - 18)
        {
            return (feed.WantsMore || feed.Given > stored.Length - 18 ? "its gzip is cut off" : "bytes follow its gzip", default);
        }

        var trailer = stored.Span[^8..];
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(trailer) == Hashing.Crc32.Of(content.WrittenSpan)
            && System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) == (uint)content.WrittenCount
            ? (null, content.WrittenMemory)
            : ("its content does not have the check sum that stands behind it", default);
    }
}
