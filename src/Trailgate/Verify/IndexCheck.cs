using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>
/// Compares the index of a segment with the segment: the ids of its events, sorted, and the SHA-256 over them. An index
/// that is not there is no finding, since runs make it anew.
/// </summary>
internal sealed class IndexCheck(VerifyScope scope)
{
    private readonly byte[] _buffer = new byte[4096 * EventId.ByteLength];

    /// <summary>Checks the index of a segment that is whole.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="ids">The ids of its events; they are sorted here.</param>
    /// <param name="cancellationToken">Stops the checking.</param>
    /// <exception cref="StorageException">The store could not do it.</exception>
    public async Task RunAsync(SegmentFacts segment, List<EventId> ids, CancellationToken cancellationToken)
    {
        var name = ArchiveNames.Ids(segment.Path);
        if (await scope.Blobs.OpenReadAsync(name, 0, null, cancellationToken) is not { } stream)
        {
            return;
        }

        await using (stream)
        {
            ids.Sort();
            if (await CompareAsync(stream, ids, cancellationToken) is { } problem)
            {
                scope.Findings.Add(FindingCodes.IndexChanged, name, problem);
            }
        }
    }

    /// <summary>The ids that an index lists, sorted; null when there is none of so many, or it is damaged itself.</summary>
    public async Task<EventId[]?> ReadAsync(SegmentFacts segment, CancellationToken cancellationToken)
    {
        if (segment.Lines > SegmentReader.MaxBytes / EventId.ByteLength)
        {
            return null;
        }

        var length = (int)segment.Lines * EventId.ByteLength;
        var read = await BlobBytes.ReadAsync(scope.Blobs, ArchiveNames.Ids(segment.Path), length + Digest.ByteLength, cancellationToken);
        if (read.Bytes.Length != length + Digest.ByteLength || Digest.Of(read.Bytes.Span[..length]) != Digest.Read(read.Bytes.Span[length..]))
        {
            return null;
        }

        var ids = new EventId[segment.Lines];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = EventId.Read(read.Bytes.Span[(i * EventId.ByteLength)..]);
        }

        return ids;
    }

    private async Task<string?> CompareAsync(Stream stream, List<EventId> sorted, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var next = 0; next < sorted.Count;)
        {
            var count = Math.Min(sorted.Count - next, _buffer.Length / EventId.ByteLength);
            var chunk = _buffer.AsMemory(0, count * EventId.ByteLength);
            if (await stream.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken) < chunk.Length)
            {
                return "it ends before the last id of its segment";
            }

            hash.AppendData(chunk.Span);
            if (FirstDifference(chunk.Span, CollectionsMarshal.AsSpan(sorted)[next..]) is { } at)
            {
                return $"id {next + at + 1} is not the one that its segment has there";
            }

            next += count;
        }

        var end = _buffer.AsMemory(0, Digest.ByteLength + 1);
        var read = await stream.ReadAtLeastAsync(end, end.Length, throwOnEndOfStream: false, cancellationToken);
        return read == Digest.ByteLength && end.Span[..read].SequenceEqual(hash.GetHashAndReset())
            ? null
            : "it does not end in the hash of its ids";
    }

    private static int? FirstDifference(ReadOnlySpan<byte> stored, ReadOnlySpan<EventId> sorted)
    {
        for (var i = 0; i * EventId.ByteLength < stored.Length; i++)
        {
            if (EventId.Read(stored[(i * EventId.ByteLength)..]) != sorted[i])
            {
                return i;
            }
        }

        return null;
    }
}
