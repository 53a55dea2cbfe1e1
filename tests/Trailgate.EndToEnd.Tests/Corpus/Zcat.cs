using System.Diagnostics;

namespace Trailgate.EndToEnd.Tests.Corpus;

/// <summary>The tool with which people read the archive.</summary>
internal static class Zcat
{
    /// <summary>The lines of gzip files, one file after the other.</summary>
    public static async Task<string[]> LinesAsync(IEnumerable<string> files)
    {
        using var gzip = Process.Start(new ProcessStartInfo("gzip", ["-dc", "--", .. files])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!; // not null: no shell is used
        var text = await gzip.StandardOutput.ReadToEndAsync();
        await gzip.WaitForExitAsync();
        Assert.Equal(0, gzip.ExitCode);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
