using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Trailgate.Benchmarks.Load;

/// <summary>
/// Waits for many sockets at once, edge-triggered. One thread with this costs two system calls a request; asynchronous
/// sockets cost one more failing receive and a hop between threads, which is too much beside the server that is measured.
/// </summary>
internal sealed unsafe partial class Epoll : IDisposable
{
    public const uint Readable = 0x001;
    public const uint Writable = 0x004;

    private const int Add = 1;
    private const uint EdgeTriggered = 1u << 31;
    private const int Interrupted = 4;
    private const int MaxEvents = 256;

    // struct epoll_event is packed on x86-64 and nowhere else.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Stride = DataOffset + sizeof(ulong);

    private readonly SafeFileHandle _handle;
    private readonly byte[] _events = new byte[MaxEvents * Stride];

    /// <exception cref="Win32Exception">The system has no more descriptors.</exception>
    public Epoll()
    {
        var descriptor = Create(0);
        _handle = descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw new Win32Exception();
    }

    /// <summary>Watches a socket until it is closed; <paramref name="key"/> names it in the answers.</summary>
    public void Watch(Socket socket, int key)
    {
        Span<byte> watch = stackalloc byte[Stride];
        BitConverter.TryWriteBytes(watch, Readable | Writable | EdgeTriggered);
        BitConverter.TryWriteBytes(watch[DataOffset..], (ulong)key);
        fixed (byte* pointer = watch)
        {
            if (Control(_handle, Add, socket.SafeHandle, pointer) != 0)
            {
                throw new Win32Exception();
            }
        }
    }

    /// <summary>How many sockets have news; after <paramref name="timeoutMilliseconds"/> none.</summary>
    public int Wait(int timeoutMilliseconds)
    {
        fixed (byte* pointer = _events)
        {
            var count = Wait(_handle, pointer, MaxEvents, timeoutMilliseconds);
            if (count >= 0)
            {
                return count;
            }
        }

        return Marshal.GetLastPInvokeError() == Interrupted ? 0 : throw new Win32Exception();
    }

    /// <summary>One of the news that <see cref="Wait(int)"/> counted. A lost connection is readable.</summary>
    public (int Key, bool IsReadable, bool IsWritable) this[int index]
    {
        get
        {
            var item = _events.AsSpan(index * Stride, Stride);
            var flags = BitConverter.ToUInt32(item);
            return ((int)BitConverter.ToUInt64(item[DataOffset..]), (flags & ~Writable) != 0, (flags & Writable) != 0);
        }
    }

    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(SafeHandle epoll, int operation, SafeHandle descriptor, byte* item);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int Wait(SafeHandle epoll, byte* items, int maxItems, int timeout);
}
