using System.Diagnostics;

namespace Trailgate.EndToEnd.Tests.Processes;

/// <summary>
/// The built command as a process of its own, in a directory of the test's, with no setting but the test's. Killed when
/// the test ends before it.
/// </summary>
internal sealed class TrailgateProcess : IAsyncDisposable
{
    /// <summary>Longer than anything takes on a loaded machine: who waits longer waits for ever.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private const string Listening = "Trailgate listens on ";

    private readonly Process _process;

    private TrailgateProcess(Process process) => _process = process;

    public OutputLines Output { get; } = new();

    public OutputLines Errors { get; } = new();

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Archive runs on New Year's Day alone: those of every fifth minute would come between a test and its own run.</summary>
    public static (string Name, string Value) NoRuns => ("Trailgate__Archive__Schedule", "0 0 0 1 1 *");

    /// <summary>Starts the command.</summary>
    /// <param name="folder">The current directory.</param>
    /// <param name="settings">Settings, as environment variables.</param>
    /// <param name="args">The command line.</param>
    public static TrailgateProcess Start(string folder, IEnumerable<(string Name, string Value)> settings, params string[] args) =>
        Start([.. Command, .. args], folder, settings);

    /// <summary>
    /// Starts the command so that a write beyond a limit (see <see cref="Signals.LimitFiles"/>) fails, as on a full disk,
    /// and no signal ends the process.
    /// </summary>
    public static TrailgateProcess StartLimitable(string folder, IEnumerable<(string Name, string Value)> settings, params string[] args) =>
        Start(["/bin/sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh", .. Command, .. args], folder, settings);

    /// <summary>Starts the command into a pipe whose reader goes away behind the first line; ends when both have.</summary>
    public static TrailgateProcess StartIntoHead(string folder, params string[] args) =>
        Start(["/bin/sh", "-c", "\"$@\" | head -n 1", "sh", .. Command, .. args], folder, []);

    /// <summary>Starts <c>trailgate serve</c> on a free port and waits until it listens. Nothing is archived unless the settings say when.</summary>
    public static async Task<(TrailgateProcess Server, Uri Address)> ServeAsync(TestFolder folder, params (string Name, string Value)[] settings)
    {
        var server = Start(folder.Path, [NoRuns, .. settings], ["serve", "--urls", "http://127.0.0.1:0", .. folder.StoreArguments]);
        return (server, await server.AddressAsync());
    }

    /// <summary>Runs the command to its end.</summary>
    public static async Task<(int Exit, string[] Output, string[] Errors)> RunAsync(
        string folder, IEnumerable<(string Name, string Value)> settings, params string[] args)
    {
        await using var process = Start(folder, settings, args);
        return (await process.ExitAsync(), process.Output.All, process.Errors.All);
    }

    /// <summary>Runs <c>trailgate archive</c> to a good end.</summary>
    public static async Task ArchiveAsync(TestFolder folder, params (string Name, string Value)[] settings)
    {
        var (exit, output, errors) = await RunAsync(folder.Path, settings, ["archive", .. folder.StoreArguments]);
        Assert.True(exit == 0, $"The archive run ended with {exit}.\n{string.Join('\n', [.. output, .. errors])}");
    }

    /// <summary>Where the server listens, read from what it says.</summary>
    public async Task<Uri> AddressAsync()
    {
        var line = Output.FirstAsync(text => text.StartsWith(Listening, StringComparison.Ordinal));
        if (await Task.WhenAny(line, _process.WaitForExitAsync()).WaitAsync(Patience) != line)
        {
            await Task.WhenAll(Output.Ended, Errors.Ended).WaitAsync(Patience);
            Assert.Fail($"The server did not start, and ended with {_process.ExitCode}.\n{Describe()}");
        }

        return new Uri((await line)[Listening.Length..]);
    }

    /// <summary>SIGTERM, to this process alone.</summary>
    public void Terminate() => Signals.Terminate(_process.Id);

    /// <summary>SIGKILL, to this process alone, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>Waits for the end, with all output read.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await Task.WhenAll(Output.Ended, Errors.Ended).WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>Everything it printed, for the message of a failing test.</summary>
    public string Describe() => string.Join('\n', [.. Output.All, .. Errors.All]);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    // The very build that the tests were built with: the reference to the project puts it beside them.
    private static string[] Command => ["dotnet", Path.Combine(AppContext.BaseDirectory, "trailgate.dll")];

    private static TrailgateProcess Start(string[] command, string folder, IEnumerable<(string Name, string Value)> settings)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(name);
        }

        // Where the command makes its signing key: never in the home of whoever runs the tests.
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(folder, "config");
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var process = new TrailgateProcess(new Process { StartInfo = start });
        process._process.OutputDataReceived += (_, line) => process.Output.Add(line.Data);
        process._process.ErrorDataReceived += (_, line) => process.Errors.Add(line.Data);
        process._process.Start();
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    private static bool IsSetting(string name) =>
        name.StartsWith("Trailgate__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Logging__", StringComparison.OrdinalIgnoreCase);
}
