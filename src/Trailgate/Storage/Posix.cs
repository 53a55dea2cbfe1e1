using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Trailgate.Storage;

/// <summary>
/// The system calls that durable publishing needs and .NET does not offer: link(2), unnamed temporary files, opening of
/// directories, flock(2), types of files. Numbers of flags and errors are those of Linux and macOS.
/// </summary>
/// <remarks>Nothing here passes a mode to a variadic function on macOS, whose arm64 calling convention differs for them.</remarks>
internal static partial class Posix
{
    public const int Eintr = 4;
    public const int Enoent = 2;
    public const int Eexist = 17;
    public const int Enotdir = 20;
    public const int Eisdir = 21;
    public const int Einval = 22;

    // Only meant on Linux, where O_TMPFILE is.
    public const int LinuxEopnotsupp = 95;

    /// <summary>Owner writes, group reads, others nothing: these are audit data. The umask may take more away.</summary>
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    /// <summary>As <see cref="FileMode"/>, with the right to enter.</summary>
    public const UnixFileMode DirectoryMode = FileMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute;

    private const int AtCurrentDirectory = -100;
    private const int AtSymlinkFollow = 0x400;
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtEmptyPath = 0x1000;
    private const int LockExclusive = 2;
    private const int ReadWrite = 2;
    private const int LinuxTemporaryFile = 0x40_0000;

    // struct statx is the same on every architecture; st_mode is not at one place.
    private const int StatusBytes = 256;
    private const int StatusMode = 28;
    private const uint StatusType = 1;
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;

    // The generic numbers of Linux; Arm and PowerPC kept older ones of their own.
    private static readonly bool OldFlags =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le;

    private static readonly int NonBlocking = OperatingSystem.IsLinux() ? 0x800 : 0x4;
    private static readonly int CloseOnExec = OperatingSystem.IsLinux() ? 0x8_0000 : 0x100_0000;
    private static readonly int NoFollow = OperatingSystem.IsLinux() ? (OldFlags ? 0x8000 : 0x2_0000) : 0x100;
    private static readonly int OnlyDirectory = OperatingSystem.IsLinux() ? (OldFlags ? 0x4000 : 0x1_0000) : 0x10_0000;

    /// <summary>The error of the last call that failed on this thread.</summary>
    public static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>Refuses systems whose file system can not give the promises of the file store.</summary>
    /// <exception cref="PlatformNotSupportedException">Neither Linux nor macOS.</exception>
    public static void RequireSupport()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            throw new PlatformNotSupportedException(
                "The file store needs Linux or macOS, for link(2) and fsync of directories. On Windows run Trailgate in WSL or in a container, or use Azure storage.");
        }
    }

    /// <summary>A failure as the callers of a store see it.</summary>
    public static StorageException Failure(string action, string path, int error) =>
        new($"Cannot {action} '{path}': {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");

    /// <summary>
    /// Whether an exception of .NET's file calls is a fault of the disk. A file that would become longer than the file
    /// system or a quota permits (EFBIG) is an ArgumentOutOfRangeException there.
    /// </summary>
    public static bool IsWriteFault(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    /// <summary>
    /// Opens a file for reading; a symbolic link in its place is an error. It does not wait for anybody to write into a pipe:
    /// see <see cref="IsRegular(SafeFileHandle)"/>. Invalid when it fails: see <see cref="LastError"/>.
    /// </summary>
    public static SafeFileHandle OpenRead(string path) => Wrap(Open(path, CloseOnExec | NoFollow | NonBlocking));

    /// <summary>Whether an open file is a regular one: no directory, pipe, socket or device.</summary>
    public static bool IsRegular(SafeFileHandle file)
    {
        var type = TypeOf((int)file.DangerousGetHandle(), "", AtEmptyPath);
        GC.KeepAlive(file);
        return type is { } known ? known == RegularType : IsSeekable(file);
    }

    /// <summary>Whether a path names a regular file, and no link to one. On Linux nothing is opened for the answer.</summary>
    public static bool IsRegular(string path)
    {
        if (TypeOf(AtCurrentDirectory, path, AtSymlinkNoFollow) is { } known)
        {
            return known == RegularType;
        }

        using var file = OpenRead(path);
        return !file.IsInvalid && IsSeekable(file);
    }

    /// <summary>Opens a directory, to flush it. Invalid when it fails.</summary>
    public static SafeFileHandle OpenDirectory(string path) => Wrap(Open(path, CloseOnExec | OnlyDirectory));

    /// <summary>Opens a file for reading and writing, and makes it if there is none. Invalid when it fails.</summary>
    public static SafeFileHandle Create(string path)
    {
        var file = Wrap(Open(path, CloseOnExec | NoFollow | ReadWrite));
        if (!file.IsInvalid || LastError != Enoent)
        {
            return file;
        }

        // creat(2) takes a mode and is not variadic. Two makers of one file at once end up with the same one.
        file.Dispose();
        using (var made = Wrap(CreateNative(path, (uint)FileMode)))
        {
            if (made.IsInvalid)
            {
                return Wrap(-1);
            }
        }

        return Wrap(Open(path, CloseOnExec | NoFollow | ReadWrite));
    }

    /// <summary>Linux only: makes a file without a name in a directory; it is gone when closed, unless linked. Invalid when it fails.</summary>
    public static SafeFileHandle OpenUnnamed(string directory) =>
        Wrap(OpenWithMode(directory, LinuxTemporaryFile | OnlyDirectory | CloseOnExec | ReadWrite, (int)FileMode));

    /// <summary>Linux only: gives an unnamed file a name that must be free. False when it fails.</summary>
    public static bool LinkUnnamed(SafeFileHandle file, string path) =>
        LinkAt(AtCurrentDirectory, $"/proc/self/fd/{file.DangerousGetHandle()}", AtCurrentDirectory, path, AtSymlinkFollow) == 0;

    /// <summary>Gives a file another name that must be free. False when it fails.</summary>
    public static bool Link(string existing, string path) => LinkNative(existing, path) == 0;

    /// <summary>Moves a file over whatever stands at the target. False when it fails.</summary>
    public static bool Rename(string from, string to) => RenameNative(from, to) == 0;

    /// <summary>Takes a name away. False when it fails.</summary>
    public static bool Unlink(string path) => UnlinkNative(path) == 0;

    /// <summary>Makes a directory. False when it fails, also when there is one.</summary>
    public static bool MakeDirectory(string path) => MakeDirectoryNative(path, (uint)DirectoryMode) == 0;

    /// <summary>Waits for the exclusive lock of an open file; closing it gives the lock back, as does the death of the process.</summary>
    public static bool Lock(SafeFileHandle file)
    {
        int result;
        do
        {
            result = FileLockNative(file, LockExclusive);
        }
        while (result != 0 && LastError == Eintr);
        return result == 0;
    }

    /// <summary>The type by statx(2); null where it fails or there is no such call.</summary>
    private static int? TypeOf(int directory, string path, int flags)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        Span<byte> status = stackalloc byte[StatusBytes];
        return StatusNative(directory, path, flags, StatusType, ref MemoryMarshal.GetReference(status)) == 0
            ? MemoryMarshal.Read<ushort>(status[StatusMode..]) & TypeMask
            : null;
    }

    private static bool IsSeekable(SafeFileHandle file)
    {
        try
        {
            return !File.GetAttributes(file).HasFlag(FileAttributes.Directory) && RandomAccess.GetLength(file) >= 0;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    private static SafeFileHandle Wrap(int descriptor) => new(descriptor, ownsHandle: true);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenWithMode(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatusNative(int directory, string path, int flags, uint mask, ref byte status);

    [LibraryImport("libc", EntryPoint = "creat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateNative(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkAt(int fromDirectory, string from, int toDirectory, string to, int flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkNative(string from, string to);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameNative(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkNative(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectoryNative(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FileLockNative(SafeFileHandle file, int operation);
}
