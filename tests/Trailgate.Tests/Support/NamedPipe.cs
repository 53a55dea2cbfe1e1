using System.Diagnostics;

namespace Trailgate.Tests.Support;

/// <summary>A pipe in a directory: whoever opens it as if it were a file waits until somebody writes into it.</summary>
internal static class NamedPipe
{
    public static async Task MakeAsync(string path)
    {
        using var process = Process.Start("mkfifo", [path]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
