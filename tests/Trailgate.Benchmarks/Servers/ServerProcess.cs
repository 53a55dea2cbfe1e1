using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Trailgate.Benchmarks.Servers;

/// <summary>A server in a process of its own, on a free loopback port; killed when disposed of.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private const int SigCont = 18;
    private const int SigStop = 19;
    private const int LinesKept = 40;

    private static readonly Lazy<string> OwnConfiguration = new(static () =>
    {
        var folder = Directory.CreateTempSubdirectory("trailgate-bench-config-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    });

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Queue<string> _output = new();

    private ServerProcess(string name, Uri url, Process process)
    {
        Name = name;
        Url = url;
        _process = process;
        // Drained always: a server must not stand still because nobody reads what it prints.
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    public string Name { get; }

    public Uri Url { get; }

    public ProcessMemory Memory => ProcessMemory.Of(_process.Id);

    /// <summary>Processor time so far, of all its threads.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? TimeSpan.Zero : _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts the bare endpoint: this program itself.</summary>
    public static Task<ServerProcess> StartBareAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var url = FreeUrl();
        return StartAsync("bare", url, "/", [typeof(ServerProcess).Assembly.Location, "bare", "--url", url.GetLeftPart(UriPartial.Authority)], new(), time, cancellationToken);
    }

    /// <summary>Starts the endpoint that puts each body as a blob: this program itself.</summary>
    public static Task<ServerProcess> StartPutBlobAsync(string connection, TimeProvider time, CancellationToken cancellationToken)
    {
        var url = FreeUrl();
        return StartAsync(
            "put-blob", url, "/", [typeof(ServerProcess).Assembly.Location, "put-blob", "--url", url.GetLeftPart(UriPartial.Authority), "--connection", connection], new(), time, cancellationToken);
    }

    /// <summary>Starts the product.</summary>
    /// <param name="name">What it is called in the tables.</param>
    /// <param name="assembly">Its <c>trailgate.dll</c>.</param>
    /// <param name="store">The words of its command line that choose the store.</param>
    /// <param name="settings">Its settings; a value of null leaves the default.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up waiting for it.</param>
    /// <exception cref="ServerException">It does not start; its last lines say why.</exception>
    public static Task<ServerProcess> StartTrailgateAsync(
        string name, string assembly, string[] store, (string Name, string? Value)[] settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var url = FreeUrl();
        var environment = settings.Where(setting => setting.Value is not null)
            .ToDictionary(setting => setting.Name.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value!, StringComparer.Ordinal); // not null: filtered
        string[] arguments = [Path.GetFullPath(assembly), "serve", "--urls", url.GetLeftPart(UriPartial.Authority), .. store];
        return StartAsync(name, url, "/health/ready", arguments, environment, time, cancellationToken);
    }

    /// <summary>Stops its threads where they are, so that what it still has to do takes nothing from the one that is measured.</summary>
    public void Pause() => Signal(SigStop);

    public void Resume() => Signal(SigCont);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
            await _process.WaitForExitAsync(limit.Token);
        }

        _process.Dispose();
    }

    /// <summary>Throws when the process has ended.</summary>
    /// <exception cref="ServerException">It has; its last lines say why.</exception>
    public void ThrowIfEnded()
    {
        if (_process.HasExited)
        {
            throw new ServerException($"{Name} ended with code {_process.ExitCode}.{LastLines()}");
        }
    }

    /// <summary>Says why it takes no connection: a process closes its sockets a little before it has ended.</summary>
    public async Task<ServerException> ExplainAsync(SocketException error)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            ThrowIfEnded();
        }
        catch (ServerException e)
        {
            return e;
        }
        catch (OperationCanceledException)
        {
            // It lives, and yet takes none.
        }

        return new ServerException($"{Name} takes no connection: {error.Message}.{LastLines()}");
    }

    private static async Task<ServerProcess> StartAsync(
        string name, Uri url, string probe, IEnumerable<string> arguments, Dictionary<string, string> environment, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        // Where the product makes its signing key: never in the home of whoever measures.
        start.Environment["XDG_CONFIG_HOME"] = OwnConfiguration.Value;
        foreach (var (setting, value) in environment)
        {
            start.Environment[setting] = value;
        }

        var process = new Process { StartInfo = start };
        var server = new ServerProcess(name, url, process);
        process.Start();
        try
        {
            server._process.BeginOutputReadLine();
            server._process.BeginErrorReadLine();
            await server.WaitUntilItAnswersAsync(probe, time, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task WaitUntilItAnswersAsync(string probe, TimeProvider time, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var start = time.GetTimestamp();
        while (true)
        {
            ThrowIfEnded();
            try
            {
                using var answer = await client.GetAsync(new Uri(Url, probe), cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not there yet.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // There, and slow: the client's own limit.
            }

            if (time.GetElapsedTime(start) > StartLimit)
            {
                throw new ServerException($"{Name} did not answer GET {probe} with success within {StartLimit.TotalSeconds:F0} s.{LastLines()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
        }
    }

    private static Uri FreeUrl()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Uri($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}");
    }

    private void Signal(int signal)
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, signal);
        }
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            if (line is not null)
            {
                _output.Enqueue(line);
            }

            if (_output.Count > LinesKept)
            {
                _output.Dequeue();
            }
        }
    }

    private string LastLines()
    {
        lock (_output)
        {
            return _output.Count == 0 ? " It printed nothing." : $" It printed last:\n  {string.Join("\n  ", _output)}";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}

/// <summary>A server under test does not do what it must.</summary>
internal sealed class ServerException(string message) : Exception(message);
