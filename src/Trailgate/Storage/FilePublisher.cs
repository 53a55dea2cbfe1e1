using Microsoft.Win32.SafeHandles;

namespace Trailgate.Storage;

/// <summary>
/// Publishes files that are complete and durable or not there: written without a name, flushed, linked under a name that
/// must be free, and the directory flushed. link(2) refuses a name that is taken; rename(2) would overwrite it.
/// </summary>
/// <remarks>
/// Everything runs on the calling thread: a flush takes a fraction of a millisecond on the disks that this is for, and
/// a hand-over to another thread costs as much as the system calls.
/// </remarks>
internal sealed class FilePublisher(DurableDirectory directories)
{
    // Linking an unnamed file without privileges goes through /proc, which a bare chroot does not have.
    private volatile bool _unnamed = OperatingSystem.IsLinux() && Directory.Exists("/proc/self/fd");

    /// <summary>For tests: publish as on systems without unnamed files.</summary>
    internal bool UseNamedFiles
    {
        set => _unnamed = !value;
    }

    /// <summary>
    /// Publishes a file. When it fails, nothing is visible, unless only the flush of the directory failed: then the file
    /// is there and may not survive a power cut.
    /// </summary>
    /// <returns>False when the name is taken; what stands there is durable then, too.</returns>
    public async Task<bool> PublishAsync(
        string directory, string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        directories.Ensure(directory);
        if (File.Exists(path))
        {
            FlushExisting(directory, path);
            return false;
        }

        var temporary = _unnamed ? OpenUnnamed(directory) : null;
        if (temporary is null)
        {
            return await PublishNamedAsync(directory, path, write, cancellationToken);
        }

        using (temporary)
        {
            await WriteAsync(temporary, path, write, cancellationToken);
            var linked = Posix.LinkUnnamed(temporary, path);
            return Finish(linked, directory, path);
        }
    }

    private async Task<bool> PublishNamedAsync(
        string directory, string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        // The dot keeps it out of listings and apart from every blob.
        var temporaryPath = Path.Combine(directory, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using var temporary = Posix.Create(temporaryPath);
            if (temporary.IsInvalid)
            {
                throw directories.Forget("make a file in", directory, Posix.LastError);
            }

            await WriteAsync(temporary, path, write, cancellationToken);
            var linked = Posix.Link(temporaryPath, path);
            return Finish(linked, directory, path);
        }
        finally
        {
            Posix.Unlink(temporaryPath);
        }
    }

    private SafeFileHandle? OpenUnnamed(string directory)
    {
        var handle = Posix.OpenUnnamed(directory);
        if (!handle.IsInvalid)
        {
            return handle;
        }

        var error = Posix.LastError;
        handle.Dispose();
        if (error is Posix.LinuxEopnotsupp or Posix.Eisdir or Posix.Einval)
        {
            _unnamed = false;
            return null;
        }

        throw directories.Forget("make a file in", directory, error);
    }

    private static async Task WriteAsync(
        SafeFileHandle file, string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        await using (var stream = new PublishStream(file, path))
        {
            await write(stream, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        DurableDirectory.Flush(file, path);
    }

    private bool Finish(bool linked, string directory, string path)
    {
        if (linked)
        {
            directories.Flush(directory);
            return true;
        }

        var error = Posix.LastError;
        if (error != Posix.Eexist)
        {
            throw directories.Forget("publish", path, error);
        }

        FlushExisting(directory, path);
        return false;
    }

    /// <summary>Whoever published the file may have died before its directory was flushed: who builds on it flushes again.</summary>
    private void FlushExisting(string directory, string path)
    {
        if (Directory.Exists(path))
        {
            throw new StorageException($"'{path}' is a directory: a blob can not have a name that other blobs use as their folder.");
        }

        using var handle = Posix.OpenRead(path);
        if (!handle.IsInvalid)
        {
            DurableDirectory.Flush(handle, path);
        }
        else if (Posix.LastError != Posix.Enoent)
        {
            throw Posix.Failure("open", path, Posix.LastError);
        }

        directories.Flush(directory);
    }
}
