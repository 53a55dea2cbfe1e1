using System.Text;
using Trailgate.Storage;

namespace Trailgate.Signing;

/// <summary>
/// A file with the private keys, which its user alone reads. It is written once and complete: of two processes that make it
/// at the same time one wins, and both use the same key.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="name">The name of the keys.</param>
public sealed class SigningKeyFile(string path, string name)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OthersMayRead = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const int MaxBytes = 64 * 1024;

    private readonly string _path = System.IO.Path.GetFullPath(path);

    /// <summary>Where the standalone host keeps its key: beside the settings of its user, never beside the data.</summary>
    /// <exception cref="SigningKeyException">The user has no home directory.</exception>
    public static string DefaultPath
    {
        get
        {
            // The XDG specification: a path that is not absolute is to be ignored.
            var configuration = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME");
            if (!System.IO.Path.IsPathFullyQualified(configuration ?? ""))
            {
                var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
                configuration = home.Length > 0
                    ? System.IO.Path.Combine(home, ".config")
                    : throw new SigningKeyException($"There is no home directory to keep a signing key in. Make a key with 'trailgate key new FILE', and set {SigningOptions.Section}:{nameof(SigningOptions.KeyFile)} to the file.");
            }

            return System.IO.Path.Combine(configuration!, "trailgate", "signing-key.pem"); // not null: an absolute path, or the home's
        }
    }

    /// <summary>The full path.</summary>
    public string Path => _path;

    /// <summary>Whether the file is there.</summary>
    public bool Exists => File.Exists(_path);

    /// <summary>Reads the keys.</summary>
    /// <exception cref="SigningKeyException">The file can not be read, or holds no key that can sign.</exception>
    public IReadOnlyList<SigningKey> Read() =>
        SigningKey.TryParse(ReadText(_path), name, out var keys, out var problem) ? keys : throw new SigningKeyException($"{_path} {problem}.");

    /// <summary>Reads the keys of a file that others must not be able to read; makes the file with a new key where it is missing.</summary>
    /// <param name="created">Whether this call made it.</param>
    /// <exception cref="SigningKeyException">The file can not be made or read, others may read it, or it holds no key that can sign.</exception>
    public IReadOnlyList<SigningKey> OpenOrCreate(out bool created)
    {
        created = false;
        if (!Exists)
        {
            using var key = SigningKey.Create(name);
            created = TryCreate([key]);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(_path) & OthersMayRead) != UnixFileMode.None)
        {
            throw new SigningKeyException($"Others than its user may read the signing key in {_path}. Take that right away (chmod 600), or change the key if somebody may have used it.");
        }

        return Read();
    }

    /// <summary>Writes keys to the file, with its directory, if there is none yet.</summary>
    /// <returns>False when the file is there.</returns>
    /// <exception cref="SigningKeyException">It can not be written.</exception>
    public bool TryCreate(IReadOnlyList<SigningKey> keys) => Write(keys, temporary =>
    {
        if (OperatingSystem.IsWindows())
        {
            File.Move(temporary, _path, overwrite: false);
            return true;
        }

        // link(2), because rename(2) would overwrite.
        return Posix.Link(temporary, _path) || (Posix.LastError == Posix.Eexist ? false : throw Posix.Failure("make", _path, Posix.LastError));
    });

    /// <summary>
    /// Changes the keys of the file. Two that do it at once come one after the other; a crash leaves the old keys or the new.
    /// </summary>
    /// <param name="change">Says which keys are to stand there, given those that do; it may throw.</param>
    /// <exception cref="SigningKeyException">The file can not be read or written.</exception>
    public void Change(Func<IReadOnlyList<SigningKey>, IReadOnlyList<SigningKey>> change)
    {
        using var alone = OperatingSystem.IsWindows() ? null : FileLock.Take(_path);
        Write(change(Read()), temporary =>
        {
            File.Move(temporary, _path, overwrite: true);
            return true;
        });
    }

    /// <summary>Reads a file that holds keys.</summary>
    /// <exception cref="SigningKeyException">It can not be read.</exception>
    internal static string ReadText(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > MaxBytes)
            {
                throw new SigningKeyException($"{path} is longer than any key.");
            }

            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SigningKeyException($"The signing key in {path} can not be read: {e.Message}", e);
        }
    }

    private bool Write(IReadOnlyList<SigningKey> keys, Func<string, bool> publish)
    {
        var directory = System.IO.Path.GetDirectoryName(_path)!; // not null: a full path of a file
        var temporary = System.IO.Path.Combine(directory, $".signing-key-{Guid.NewGuid():N}.tmp");
        try
        {
            MakeDirectory(directory);
            using (var file = new FileStream(temporary, NewFile()))
            {
                foreach (var key in keys)
                {
                    file.Write(Encoding.ASCII.GetBytes(key.ToPem()));
                }

                file.Flush(flushToDisk: true);
            }

            var published = publish(temporary);
            FlushDirectory(directory);
            return published;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StorageException)
        {
            throw new SigningKeyException($"The signing key can not be written to {_path}: {e.Message}", e);
        }
        finally
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
    }

    private static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }

    private static void MakeDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            // What is there keeps its rights: it is not ours.
            Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    // A key that signed and is gone after a power cut could never be rotated with a proof.
    private static void FlushDirectory(string directory)
    {
        if (!OperatingSystem.IsWindows())
        {
            using var handle = Posix.OpenDirectory(directory);
            if (!handle.IsInvalid)
            {
                DurableDirectory.Flush(handle, directory);
            }
        }
    }
}
