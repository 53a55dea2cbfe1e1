using System.Security.Cryptography;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>
/// The ids of each segment's events, sorted, 16 bytes each, then the SHA-256 over them: what makes the search for
/// duplicates cheap. Derived: a missing or damaged one is made anew from its segment.
/// </summary>
/// <param name="blobs">The store.</param>
/// <param name="reader">Reads the segments.</param>
/// <param name="isReadOnly">Whether what is made anew is for the one who asked alone: evidence is not written to.</param>
internal sealed class IdIndex(IBlobStore blobs, ArchiveReader reader, bool isReadOnly = false)
{
    private const int ChunkBytes = 4096 * EventId.ByteLength;

    /// <summary>Writes the ids of a segment; one that is there stays. A retry is safe.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public Task WriteAsync(string segment, EventId[] sortedIds, CancellationToken cancellationToken)
    {
        var bytes = new byte[sortedIds.Length * EventId.ByteLength + SHA256.HashSizeInBytes];
        for (var i = 0; i < sortedIds.Length; i++)
        {
            sortedIds[i].Write(bytes.AsSpan(i * EventId.ByteLength));
        }

        SHA256.HashData(bytes.AsSpan(..^SHA256.HashSizeInBytes), bytes.AsSpan(^SHA256.HashSizeInBytes..));
        return blobs.PutAsync(ArchiveNames.Ids(segment), bytes, cancellationToken);
    }

    /// <summary>Adds those of the candidates that the segment holds to <paramref name="found"/>.</summary>
    /// <exception cref="ArchiveDamagedException">The index has to be made anew and the segment can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task FindAsync(Segment segment, EventId[] sortedCandidates, HashSet<EventId> found, CancellationToken cancellationToken)
    {
        var name = ArchiveNames.Ids(segment.Name);
        var stream = await blobs.OpenReadAsync(name, 0, null, cancellationToken);
        if (stream is not null)
        {
            await using (stream)
            {
                if (await MatchAsync(stream, segment.Lines, sortedCandidates, cancellationToken) is { } matches)
                {
                    found.UnionWith(matches);
                    return;
                }
            }

            if (!isReadOnly)
            {
                await blobs.DeleteAsync(name, cancellationToken);
            }
        }

        var ids = await ReadIdsAsync(segment, cancellationToken);
        if (!isReadOnly)
        {
            await WriteAsync(segment.Name, ids, cancellationToken);
        }

        found.UnionWith(ids.Where(id => Array.BinarySearch(sortedCandidates, id) >= 0));
    }

    private async Task<EventId[]> ReadIdsAsync(Segment segment, CancellationToken cancellationToken)
    {
        var ids = new List<EventId>((int)Math.Min(segment.Lines, 1 << 20));
        await foreach (var line in reader.ReadLinesAsync(segment, cancellationToken))
        {
            ids.Add(EventLine.TryRead(line.Span, out var header)
                ? header.Id
                : throw new ArchiveDamagedException(new BlobName(Containers.Archive, segment.Name), $"line {ids.Count + 1} is no event"));
        }

        ids.Sort();
        return [.. ids];
    }

    /// <summary>Null when the index is not that of so many lines, or was changed.</summary>
    private static async Task<List<EventId>?> MatchAsync(Stream stream, long lines, EventId[] candidates, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var matches = new List<EventId>();
        var buffer = new byte[ChunkBytes];
        var next = 0;
        for (var left = lines * EventId.ByteLength; left > 0;)
        {
            var chunk = buffer.AsMemory(0, (int)Math.Min(left, ChunkBytes));
            if (await stream.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken) < chunk.Length)
            {
                return null;
            }

            hash.AppendData(chunk.Span);
            next = Merge(chunk.Span, candidates, next, matches);
            left -= chunk.Length;
        }

        var end = buffer.AsMemory(0, SHA256.HashSizeInBytes + 1);
        var read = await stream.ReadAtLeastAsync(end, end.Length, throwOnEndOfStream: false, cancellationToken);
        return read == SHA256.HashSizeInBytes && end.Span[..read].SequenceEqual(hash.GetHashAndReset()) ? matches : null;
    }

    private static int Merge(ReadOnlySpan<byte> ids, EventId[] candidates, int next, List<EventId> matches)
    {
        for (; ids.Length > 0 && next < candidates.Length; ids = ids[EventId.ByteLength..])
        {
            var id = EventId.Read(ids);
            while (next < candidates.Length && candidates[next] < id)
            {
                next++;
            }

            if (next < candidates.Length && candidates[next] == id)
            {
                matches.Add(id);
                next++;
            }
        }

        return next;
    }
}
