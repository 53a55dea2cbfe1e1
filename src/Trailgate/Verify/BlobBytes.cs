using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>Reads blobs that fit into memory, without believing that they do, and without asking the store for more than reading.</summary>
internal static class BlobBytes
{
    /// <summary>Reads a blob of at most so many bytes.</summary>
    /// <exception cref="StorageException">The store could not do it.</exception>
    public static async Task<BlobRead> ReadAsync(IBlobStore blobs, BlobName name, int maxBytes, CancellationToken cancellationToken)
    {
        if (await blobs.OpenReadAsync(name, 0, maxBytes + 1L, cancellationToken) is not { } stream)
        {
            return default;
        }

        await using (stream)
        {
            var bytes = new byte[16 * 1024];
            var length = 0;
            while (await stream.ReadAsync(bytes.AsMemory(length), cancellationToken) is > 0 and var read)
            {
                length += read;
                if (length > maxBytes)
                {
                    return new BlobRead(true, default, true);
                }

                if (length == bytes.Length)
                {
                    Array.Resize(ref bytes, bytes.Length * 2);
                }
            }

            return new BlobRead(true, bytes.AsMemory(0, length), false);
        }
    }
}

/// <summary>What became of reading a blob.</summary>
internal readonly record struct BlobRead(bool Exists, ReadOnlyMemory<byte> Bytes, bool TooLarge);
