using System.Diagnostics;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Hosting;

public sealed class RunCommandTests
{
    [Fact]
    public async Task The_first_command_of_the_README_runs_where_it_is_typed_so_that_the_data_lies_there()
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", "src/Trailgate.Cli", "-getProperty:RunWorkingDirectory", "-nologo"])
        {
            WorkingDirectory = SourceTree.Root,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!; // not null: no shell is used
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(0, process.ExitCode);
        Assert.Equal("", output.Trim());
    }
}
