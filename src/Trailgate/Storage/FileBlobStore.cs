using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Trailgate.Storage;

/// <summary>
/// A blob store in a directory: containers are directories in it, blobs are files. Several processes may use one root at
/// once, on one machine. Linux and macOS.
/// </summary>
/// <remarks>
/// <para>A put is written to a file without a name, flushed, published by link(2) and its directory flushed; so a blob is
/// complete and durable or not there, whenever the power goes. What a put that failed has written is never visible, with
/// one exception: when the flush of the directory itself fails, the blob stands and may be lost in a power cut.</para>
/// <para>Operations run on the calling thread and return completed tasks, unless the writer of a put does not.</para>
/// <para>A deletion is not flushed: one lost in a power cut leaves a blob behind, which every consumer must cope with
/// anyway. Symbolic links in the place of blobs are not followed, and pipes and devices not read; the root may be a link.
/// Names that begin with a dot are temporary files and locks. A blob can not be named like a directory of another blob.</para>
/// </remarks>
public sealed class FileBlobStore : IBlobStore
{
    private readonly DurableDirectory _directories;
    private readonly FilePublisher _publisher;

    /// <summary>Opens a store, and makes its root if there is none.</summary>
    /// <param name="root">The directory; relative to the current one.</param>
    /// <exception cref="PlatformNotSupportedException">This system can not give the store's promises.</exception>
    /// <exception cref="StorageException">The root can not be made.</exception>
    public FileBlobStore(string root)
        : this(new DurableDirectory(root))
    {
    }

    private FileBlobStore(DurableDirectory directories)
    {
        _directories = directories;
        _publisher = new FilePublisher(directories);
    }

    /// <summary>Opens a store, or a copy of one, that is there: nothing is made, so reading needs no right to write.</summary>
    /// <param name="root">The directory; relative to the current one.</param>
    /// <exception cref="PlatformNotSupportedException">This system can not give the store's promises.</exception>
    /// <exception cref="StorageException">It is not there.</exception>
    public static FileBlobStore OpenExisting(string root) => new(new DurableDirectory(root, mustExist: true));

    /// <summary>The absolute path of the store.</summary>
    public string Root => _directories.Root;

    /// <summary>Where it is, for people.</summary>
    public override string ToString() => Root;

    /// <summary>For tests: publish as on systems without unnamed files.</summary>
    internal FilePublisher Publisher => _publisher;

    /// <inheritdoc />
    public async Task<PutResult> PutAsync(BlobName name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (directory, path) = Locate(name);
        return await _publisher.PublishAsync(directory, path, write, cancellationToken) ? PutResult.Created : PutResult.AlreadyExists;
    }

    /// <inheritdoc />
    public async Task<string?> ReplaceAsync(BlobName name, ReadOnlyMemory<byte> content, string? expectedVersion, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (directory, path) = Locate(name);
        _directories.Ensure(directory);
        using var held = FileLock.Take(path);
        var current = Read(name.Container, path);
        if (current?.Version != expectedVersion)
        {
            return null;
        }

        // Only the holder of the lock uses this name. What a crash left there is taken away and never written to: it may
        // be another name of the blob itself, linked already.
        var temporary = Path.Combine(directory, $".{Path.GetFileName(path)}.new");
        Posix.Unlink(temporary);
        var version = WriteVersion(temporary, content.Span, path, held);
        var published = current is null ? Posix.Link(temporary, path) : Posix.Rename(temporary, path);
        var error = published ? 0 : Posix.LastError;
        if (current is null || !published)
        {
            Posix.Unlink(temporary);
        }

        if (error == Posix.Eexist && !Directory.Exists(path))
        {
            return null; // a write-once put came in between, it knows no lock
        }

        if (!published)
        {
            throw _directories.Forget("publish", path, error);
        }

        _directories.Flush(directory);
        return version;
    }

    /// <inheritdoc />
    public Task<BlobContent?> ReadAsync(BlobName name, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<BlobContent?>(cancellationToken);
        }

        try
        {
            var (directory, path) = Locate(name);
            var content = Read(name.Container, path);
            if (content is not null && FileLock.ExistsFor(path))
            {
                // Who replaced it may not have come as far as the flush, and the caller builds on what it reads.
                _directories.Flush(directory);
            }

            return Task.FromResult(content);
        }
        catch (StorageException e)
        {
            return Task.FromException<BlobContent?>(e);
        }
    }

    /// <inheritdoc />
    public async Task<Stream?> OpenReadAsync(BlobName name, long offset, long? length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length ?? 0, nameof(length));
        cancellationToken.ThrowIfCancellationRequested();
        var path = Locate(name).Path;
        return Open(name.Container, path) is { } file ? new RangeStream(file, path, offset, length ?? long.MaxValue) : null;
    }

    /// <inheritdoc />
    public async Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = Locate(name).Path;
        using var held = FileLock.TakeExisting(path);
        if (Posix.Unlink(path))
        {
            return true;
        }

        var error = Posix.LastError;
        if (error is Posix.Enoent or Posix.Enotdir || Directory.Exists(path))
        {
            RequireContainer(name.Container);
            return false;
        }

        throw Posix.Failure("delete", path, error);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<BlobEntry> ListAsync(
        string container, string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var directory = Path.Combine(Root, new BlobName(container, "checks-the-container").Container);

        // A listing reads many directories: not on the stack of whoever asked.
        await Task.Yield();
        RequireContainer(container);
        foreach (var entry in new FileListing(directory, container, prefix, after).Walk())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    private (string Directory, string Path) Locate(BlobName name)
    {
        // A default(BlobName) names nothing; every other one is checked by its constructor and stays below the root.
        ArgumentException.ThrowIfNullOrEmpty(name.Container, nameof(name));
        var path = $"{Root}/{name.Container}/{name.Path}";
        return (path[..path.LastIndexOf('/')], path);
    }

    /// <summary>
    /// A store that is away (a volume that was unmounted, something else in its place) knows of no blob that it is not
    /// there: to call it empty would be a lie that an archive run builds on.
    /// </summary>
    private void RequireContainer(string container)
    {
        if (!Directory.Exists(Root))
        {
            throw new StorageException($"The directory '{Root}' is not there.");
        }

        if (File.Exists($"{Root}/{container}"))
        {
            throw new StorageException($"'{Root}/{container}' is no directory.");
        }
    }

    private SafeFileHandle? Open(string container, string path)
    {
        var file = Posix.OpenRead(path);
        if (file.IsInvalid)
        {
            var error = Posix.LastError;
            file.Dispose();
            if (error is not (Posix.Enoent or Posix.Enotdir))
            {
                throw Posix.Failure("open", path, error);
            }

            RequireContainer(container);
            return null;
        }

        if (Posix.IsRegular(file))
        {
            return file;
        }

        var isDirectory = File.GetAttributes(file).HasFlag(FileAttributes.Directory);
        file.Dispose();
        return isDirectory ? null : throw new StorageException($"'{path}' is no regular file.");
    }

    private BlobContent? Read(string container, string path)
    {
        using var file = Open(container, path);
        if (file is null)
        {
            return null;
        }

        try
        {
            // All from one open file: a replacement is another file, and this one keeps its content and time.
            var bytes = new byte[RandomAccess.GetLength(file)];
            var read = 0;
            while (read < bytes.Length)
            {
                var count = RandomAccess.Read(file, bytes.AsSpan(read), read);
                if (count == 0)
                {
                    throw new StorageException($"'{path}' has only {read} of its {bytes.Length} bytes.");
                }

                read += count;
            }

            return new BlobContent(bytes, VersionOf(File.GetLastWriteTimeUtc(file), bytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"Cannot read '{path}': {e.Message}", e);
        }
    }

    private static string WriteVersion(string temporary, ReadOnlySpan<byte> content, string path, FileLock held)
    {
        using var file = Posix.Create(temporary);
        if (file.IsInvalid)
        {
            throw Posix.Failure("make the file", temporary, Posix.LastError);
        }

        try
        {
            RandomAccess.Write(file, content, fileOffset: 0);
            var time = Later(file, held.LastVersionUtc, File.GetLastWriteTimeUtc(path));
            held.LastVersionUtc = time;
            DurableDirectory.Flush(file, path);
            return VersionOf(time, content);
        }
        catch (Exception e) when (Posix.IsWriteFault(e))
        {
            throw new StorageException($"Cannot write '{temporary}': {e.Message}", e);
        }
    }

    /// <summary>
    /// Gives a new file a time of change behind all versions before it: it is what makes a version new when the content
    /// is not. File systems round times, down to two seconds, so what was set is read back.
    /// </summary>
    private static DateTime Later(SafeFileHandle file, DateTime lastVersion, DateTime current)
    {
        var last = lastVersion > current ? lastVersion : current;
        var time = File.GetLastWriteTimeUtc(file);
        foreach (var step in (ReadOnlySpan<long>)[1, TimeSpan.TicksPerSecond, 2 * TimeSpan.TicksPerSecond])
        {
            if (time > last)
            {
                return time;
            }

            File.SetLastWriteTimeUtc(file, last.AddTicks(step));
            time = File.GetLastWriteTimeUtc(file);
        }

        return time > last ? time : throw new IOException("The file system does not keep times of change.");
    }

    private static string VersionOf(DateTime changed, ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return string.Create(CultureInfo.InvariantCulture, $"{changed.Ticks}-{Convert.ToHexStringLower(hash[..8])}");
    }
}
