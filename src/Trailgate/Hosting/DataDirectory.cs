using Trailgate.Storage;

namespace Trailgate.Hosting;

/// <summary>Makes the file store's directory ready before anything is accepted.</summary>
public static class DataDirectory
{
    /// <summary>
    /// Makes the directory where it is missing and proves that files can be written there.
    /// </summary>
    /// <returns>The full path.</returns>
    /// <exception cref="StorageException">It can not be made or written; the message names it and says why.</exception>
    public static string Prepare(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            // Not Directory.CreateDirectory: what is made must survive a power cut.
            _ = new DurableDirectory(full);
            // Names that begin with a dot are no blobs; see BlobName.
            using var probe = new FileStream(
                Path.Combine(full, $".probe-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return full;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StorageException)
        {
            throw new StorageException($"The data directory {full} can not be written: {e.Message}", e);
        }
    }
}
