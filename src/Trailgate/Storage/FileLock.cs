using Microsoft.Win32.SafeHandles;

namespace Trailgate.Storage;

/// <summary>
/// The exclusive lock of one blob against all threads and processes: flock(2) of a file next to it. Lock files stay:
/// deleting one would let two holders in, one on the deleted file and one on its successor.
/// </summary>
/// <remarks>
/// Waits on the calling thread; holders keep the lock for one small write. The lock file's own time of change is the time
/// of the last version given out, so that versions go up even when the blob was deleted in between.
/// </remarks>
internal sealed class FileLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <summary>When the last version was written, by the clock that only goes forward.</summary>
    public DateTime LastVersionUtc
    {
        get => File.GetLastWriteTimeUtc(_file);
        set => File.SetLastWriteTimeUtc(_file, value);
    }

    /// <summary>The path of the lock file of a blob's file.</summary>
    public static string PathFor(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.lock");

    /// <summary>Whether a blob has a lock: it was replaced before.</summary>
    public static bool ExistsFor(string path) => File.Exists(PathFor(path));

    /// <summary>Waits for the lock, making its file if necessary.</summary>
    public static FileLock Take(string path)
    {
        var lockPath = PathFor(path);

        // A new open file each time: the lock belongs to it, not to the process, so it holds between threads too.
        var file = Posix.Create(lockPath);
        if (!file.IsInvalid && Posix.Lock(file))
        {
            return new FileLock(file);
        }

        var error = Posix.LastError;
        file.Dispose();
        throw Posix.Failure("lock", lockPath, error);
    }

    /// <summary>Waits for the lock of a blob that was replaced before; null for all others, which need none.</summary>
    public static FileLock? TakeExisting(string path) => ExistsFor(path) ? Take(path) : null;

    public void Dispose() => _file.Dispose();
}
