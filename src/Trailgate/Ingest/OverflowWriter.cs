using System.IO.Compression;
using Trailgate.Storage;

namespace Trailgate.Ingest;

/// <summary>
/// Keeps the full event of one that had to be limited, in the event's store and before the event itself becomes durable: an event never points to
/// something that is not there. Content-addressed, so a repetition finds its blob and is done.
/// </summary>
internal static class OverflowWriter
{
    /// <exception cref="StorageException">The store did not take it; a repetition is safe.</exception>
    public static async Task WriteAsync(Submission submission, CancellationToken cancellationToken)
    {
        foreach (var (path, content) in submission.Overflows)
        {
            // An existing blob has the same content under any zlib: its name is the hash of what was compressed.
            await submission.Store.Blobs.PutAsync(
                new BlobName(Containers.Archive, path),
                async (stream, token) =>
                {
                    await using var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true);
                    await gzip.WriteAsync(content, token);
                },
                cancellationToken);
        }
    }
}
