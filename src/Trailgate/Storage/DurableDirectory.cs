using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace Trailgate.Storage;

/// <summary>
/// Directories under a root whose entries survive a power cut once they were flushed: what the file store and the file
/// queue are built on.
/// </summary>
/// <remarks>
/// Directories are never deleted, so one that this process once saw durable stays so. When the root itself vanishes (a
/// volume that was unmounted) it is not made anew: the data would go to another disk than the one that was meant.
/// </remarks>
internal sealed class DurableDirectory
{
    // An hour of the inbox is one entry. The bound is only there so that nothing grows for ever.
    private const int MaxKnown = 20_000;

    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>Makes the root, if it is not there, and flushes the parents of what it made.</summary>
    /// <param name="root">The directory.</param>
    /// <param name="mustExist">Makes nothing, and refuses a root that is not there.</param>
    /// <exception cref="PlatformNotSupportedException">This system can not give the promises of the file store.</exception>
    /// <exception cref="StorageException">The root can not be made, or is not there.</exception>
    public DurableDirectory(string root, bool mustExist = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        Posix.RequireSupport();
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        if (!mustExist)
        {
            MakeRoot(Root);
        }
        else if (!Directory.Exists(Root))
        {
            throw new StorageException($"The directory '{Root}' is not there.");
        }
    }

    /// <summary>The absolute path.</summary>
    public string Root { get; }

    /// <summary>Makes a directory below the root, with its parents, and returns when all of them are durable.</summary>
    public void Ensure(string directory)
    {
        if (directory.Length <= Root.Length || _known.ContainsKey(directory))
        {
            return;
        }

        var parent = Path.GetDirectoryName(directory)!; // not null: it is below the root
        Ensure(parent);
        if (!Posix.MakeDirectory(directory) && Posix.LastError != Posix.Eexist)
        {
            throw Forget("make the directory", directory, Posix.LastError);
        }

        // Also when it was there: its maker may not have come as far as the flush.
        Flush(parent);
        if (_known.Count >= MaxKnown)
        {
            _known.Clear();
        }

        _known[directory] = true;
    }

    /// <summary>Makes the entries of a directory durable.</summary>
    public void Flush(string directory)
    {
        using var handle = Posix.OpenDirectory(directory);
        if (handle.IsInvalid)
        {
            throw Forget("open the directory", directory, Posix.LastError);
        }

        Flush(handle, directory);
    }

    /// <summary>
    /// Makes the content of a file durable. A failure is final for the file: the system may have dropped the pages that it
    /// could not write, and would report success the next time.
    /// </summary>
    public static void Flush(SafeFileHandle handle, string path)
    {
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"Cannot flush '{path}' to disk: {e.Message}", e);
        }
    }

    /// <summary>A failure that may mean that somebody removed directories: what was known about them is forgotten.</summary>
    public StorageException Forget(string action, string path, int error)
    {
        _known.Clear();
        return Posix.Failure(action, path, error);
    }

    private static void MakeRoot(string root)
    {
        if (Directory.Exists(root))
        {
            return;
        }

        if (Path.GetDirectoryName(root) is not { } parent)
        {
            throw new StorageException($"There is no directory '{root}'.");
        }

        MakeRoot(parent);
        if (!Posix.MakeDirectory(root) && Posix.LastError != Posix.Eexist)
        {
            throw Posix.Failure("make the directory", root, Posix.LastError);
        }

        using var handle = Posix.OpenDirectory(parent);
        if (handle.IsInvalid)
        {
            throw Posix.Failure("open the directory", parent, Posix.LastError);
        }

        Flush(handle, parent);
    }
}
