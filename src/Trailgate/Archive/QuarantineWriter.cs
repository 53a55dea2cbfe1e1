using System.Security.Cryptography;
using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>Moves what is no event out of the batches of a plan into the quarantine: one blob a plan.</summary>
internal sealed class QuarantineWriter(IBlobStore blobs)
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Writes the lines, or finds that they stand there. A retry is safe.</summary>
    /// <exception cref="ArchiveConflictException">Other lines stand under the plan's name.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task WriteAsync(Plan plan, List<ReadOnlyMemory<byte>> lines, CancellationToken cancellationToken)
    {
        if (lines.Count == 0)
        {
            return;
        }

        var name = ArchiveNames.Quarantine(plan.Time, plan.RunId);
        var result = await blobs.PutAsync(name, (stream, token) => WriteLinesAsync(lines, stream, token), cancellationToken);
        if (result == PutResult.AlreadyExists && !await HoldsAsync(name, lines, cancellationToken))
        {
            throw new ArchiveConflictException(name);
        }
    }

    private static async Task WriteLinesAsync(List<ReadOnlyMemory<byte>> lines, Stream stream, CancellationToken cancellationToken)
    {
        using var chunk = new MemoryStream(ChunkBytes);
        foreach (var line in lines)
        {
            chunk.Write(line.Span);
            chunk.WriteByte((byte)'\n');
            if (chunk.Length >= ChunkBytes)
            {
                await FlushAsync(chunk, stream, cancellationToken);
            }
        }

        await FlushAsync(chunk, stream, cancellationToken);
    }

    private static async Task FlushAsync(MemoryStream chunk, Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(chunk.GetBuffer().AsMemory(0, (int)chunk.Length), cancellationToken);
        chunk.SetLength(0);
    }

    private async Task<bool> HoldsAsync(BlobName name, List<ReadOnlyMemory<byte>> lines, CancellationToken cancellationToken)
    {
        if (await blobs.OpenReadAsync(name, 0, null, cancellationToken) is not { } stream)
        {
            // Quarantine may be cleared by people at any time, also between the two calls.
            return true;
        }

        await using var stored = new HashingStream(stream);
        var (_, sha256) = await stored.FinishAsync(cancellationToken);
        return sha256 == Sha256Of(lines);
    }

    private static string Sha256Of(List<ReadOnlyMemory<byte>> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines)
        {
            hash.AppendData(line.Span);
            hash.AppendData("\n"u8);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
