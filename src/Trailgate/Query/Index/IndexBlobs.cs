using System.Collections.Concurrent;
using Trailgate.Storage;

namespace Trailgate.Query.Index;

/// <summary>Reads parts of index files, and remembers them: the files never change.</summary>
internal sealed class IndexBlobs(IBlobStore blobs)
{
    // Full means starting over: what is asked for again is soon there again.
    private const long MaxRemembered = 64L << 20;

    private readonly ConcurrentDictionary<(BlobName Name, long Offset, int Length), byte[]> _parts = new();
    private long _remembered;

    public delegate bool PartTest(ReadOnlySpan<byte> bytes);

    /// <summary>Reads a part of a file.</summary>
    /// <exception cref="InvalidDataException">The file is missing, or the part does not pass the test.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(BlobName name, long offset, int length, PartTest isRight, CancellationToken cancellationToken)
    {
        if (_parts.TryGetValue((name, offset, length), out var known))
        {
            return known;
        }

        await using var stream = await blobs.OpenReadAsync(name, offset, length, cancellationToken) ?? throw new InvalidDataException($"{name} is missing.");
        // Not more at once than there is: the length comes from a file that may be damaged.
        using var read = new MemoryStream(Math.Min(length, 1 << 20));
        await stream.CopyToAsync(read, cancellationToken);
        var bytes = read.ToArray();
        if (bytes.Length != length || !isRight(bytes))
        {
            throw new InvalidDataException($"{name} is damaged.");
        }

        if (Interlocked.Add(ref _remembered, length) > MaxRemembered)
        {
            _parts.Clear();
            Interlocked.Exchange(ref _remembered, length);
        }

        _parts[(name, offset, length)] = bytes;
        return bytes;
    }
}
