using System.Diagnostics;

namespace Trailgate.EndToEnd.Tests.Storage;

/// <summary>This assembly run as a second process; killed when the test ends early.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private WorkerProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The command line that runs a worker.</summary>
    public static string[] Command(params string[] args) =>
        [Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", typeof(WorkerProcess).Assembly.Location, .. args];

    public static WorkerProcess Start(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new WorkerProcess(Process.Start(start)!); // not null: no shell is used
    }

    /// <summary>Waits until the worker stands at its start line.</summary>
    public async Task WaitUntilReadyAsync()
    {
        if (await _process.StandardOutput.ReadLineAsync() != "ready")
        {
            Assert.Fail($"The worker did not start: {await _errors}");
        }
    }

    /// <summary>Lets the worker run.</summary>
    public void Go() => _process.StandardInput.WriteLine("go");

    /// <summary>The lines that it prints until its end, which must be a good one.</summary>
    public async Task<string[]> FinishAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        Assert.True(_process.ExitCode == 0, $"The worker ended with {_process.ExitCode}: {await _errors}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
