using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>
/// Where the batches of one plan lie in memory, one behind the other, and those of the next plan after them. With arrays of
/// its own for each batch every plan would leave as much garbage as it may hold, of the kind that is collected seldom. Kept and used
/// again by the next run, one run at a time.
/// </summary>
/// <param name="planBytes">How much is to be expected at most.</param>
internal sealed class PlanMemory(long planBytes)
{
    /// <summary>A plan of so many bytes leaves megabytes of further arrays behind.</summary>
    private const int LargePlan = 8 * 1024 * 1024;

    private const int FirstChunk = 1024 * 1024;
    private const int UsualChunk = 32 * 1024 * 1024;

    /// <summary>What a usual plan needs.</summary>
    private const int KeptChunks = 2;

    private readonly List<byte[]> _chunks = [];
    private int _chunk = -1;
    private int _used;
    private long _read;

    /// <summary>Reads a whole blob; null when there is none. Valid until <see cref="Clear"/>.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(IBlobStore blobs, BlobName name, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await blobs.OpenReadAsync(name, 0, null, cancellationToken);
            // Not a conditional expression: null would turn into an empty memory there.
            if (stream is not null)
            {
                return await ReadAsync(stream, cancellationToken);
            }

            return null;
        }
        catch (StorageException)
        {
            // A store may break the stream of a blob that another run deletes.
            if (await blobs.ExistsAsync(name, cancellationToken))
            {
                throw;
            }

            return null;
        }
    }

    /// <summary>Forgets what was read; its memory is used again.</summary>
    public void Clear()
    {
        if (_read >= LargePlan)
        {
            // The lists over a plan's events are large arrays, and those wait for a full collection, which comes seldom by itself:
            // under full load they would pile up. What is left to look at is small, so that one takes milliseconds.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }

        (_chunk, _used, _read) = (Math.Min(_chunks.Count - 1, 0), 0, 0);
    }

    /// <summary>Lets go of what a usual plan does not need.</summary>
    public void Trim()
    {
        _chunks.RemoveAll(static chunk => chunk.Length > UsualChunk);
        _chunks.RemoveRange(Math.Min(KeptChunks, _chunks.Count), Math.Max(0, _chunks.Count - KeptChunks));
        Clear();
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            if (_chunk < 0 || _used + length == _chunks[_chunk].Length)
            {
                MoveOn(length);
            }

            var read = await stream.ReadAsync(_chunks[_chunk].AsMemory(_used + length), cancellationToken);
            if (read == 0)
            {
                var bytes = _chunks[_chunk].AsMemory(_used, length);
                _used += length;
                _read += length;
                return bytes;
            }

            length += read;
        }
    }

    /// <summary>Goes on in the next chunk that is larger than what was read of the blob so far, which is taken along.</summary>
    private void MoveOn(int length)
    {
        Span<byte> begun = _chunk < 0 ? [] : _chunks[_chunk].AsSpan(_used, length);
        do
        {
            _chunk++;
            if (_chunk == _chunks.Count)
            {
                _chunks.Add(GC.AllocateUninitializedArray<byte>((int)Math.Min(Array.MaxLength, Math.Max(Math.Min(planBytes, _chunk == 0 ? FirstChunk : UsualChunk), 2L * length))));
            }
        }
        while (_chunks[_chunk].Length <= length);

        begun.CopyTo(_chunks[_chunk]);
        _used = 0;
    }
}
