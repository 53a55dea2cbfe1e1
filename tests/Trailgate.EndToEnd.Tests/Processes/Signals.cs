using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Trailgate.EndToEnd.Tests.Processes;

/// <summary>What a process is told from outside, and what .NET has no call for.</summary>
internal static partial class Signals
{
    private const int Sigint = 2;
    private const int Sigterm = 15;
    private const int LimitFileSize = 1; // RLIMIT_FSIZE, on Linux

    /// <summary>Asks a process to end, as an orchestrator does.</summary>
    public static void Terminate(int process) => Check(Kill(process, Sigterm));

    /// <summary>What Ctrl-C sends to every process of a terminal.</summary>
    public static void Interrupt(int process) => Check(Kill(process, Sigint));

    /// <summary>
    /// Linux: sets how long a file a running process may write; null for any length. Writes beyond it fail, for root too.
    /// The hard limit stays, so that the other can be set again.
    /// </summary>
    public static void LimitFiles(int process, ulong? bytes)
    {
        ReadOnlySpan<ulong> softAndHard = [bytes ?? ulong.MaxValue, ulong.MaxValue];
        Check(SetLimit(process, LimitFileSize, in MemoryMarshal.GetReference(softAndHard), 0));
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "prlimit64", SetLastError = true)]
    private static partial int SetLimit(int process, int resource, in ulong softAndHard, nint old);
}
