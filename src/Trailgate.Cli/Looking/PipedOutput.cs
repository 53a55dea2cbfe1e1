using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Trailgate.Cli.Looking;

/// <summary>
/// Standard output where it is a pipe. The console's own writer goes on in silence when nobody reads any more, so that a
/// tail into <c>head</c> would never end; this one fails.
/// </summary>
internal static class PipedOutput
{
    private const int StandardOutput = 1;
    private const int BrokenPipe = 32; // EPIPE of Linux and macOS

    /// <summary>A writer to the pipe; null when standard output is no pipe.</summary>
    public static TextWriter? Open()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var stream = new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // A file has one place for standard output and errors that is not this stream's to know.
        return stream.CanSeek ? null : new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
    }

    /// <summary>Whether a failure says that nobody reads any more.</summary>
    public static bool IsClosed(Exception e) => e is IOException { HResult: BrokenPipe };
}
