using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Trailgate.Cli.Azurite;

/// <summary>A running Azurite: Microsoft's emulator of Azure storage, on this machine. It ends when it is disposed, and with this process.</summary>
internal sealed class AzuriteProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task _drained;

    private AzuriteProcess(Process process, int blobPort, int queuePort)
    {
        _process = process;
        BlobPort = blobPort;
        QueuePort = queuePort;
        _drained = DrainAsync(process.StandardOutput);
    }

    /// <summary>Where blobs are served.</summary>
    public int BlobPort { get; }

    /// <summary>Where queues are served.</summary>
    public int QueuePort { get; }

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts one, and returns when it serves.</summary>
    /// <exception cref="CommandFailedException">It can not be started; the message says why.</exception>
    public static async Task<AzuriteProcess> StartAsync(AzuriteStart start, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(start.Folder);
        var process = Launch(start);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            var blobs = await PortOfAsync(process, "Blob", errors, cancellationToken);
            var queues = await PortOfAsync(process, "Queue", errors, cancellationToken);
            await PortOfAsync(process, "Table", errors, cancellationToken);
            return new AzuriteProcess(process, blobs, queues);
        }
        catch
        {
            Kill(process);
            process.Dispose();
            throw;
        }
    }

    /// <summary>What a client needs to use an account.</summary>
    public string ConnectionString(AzuriteAccount account) => ConnectionString(account, BlobPort, QueuePort);

    /// <summary>The same by way of other ports, where something stands between.</summary>
    public static string ConnectionString(AzuriteAccount account, int blobPort, int queuePort) => string.Create(
        CultureInfo.InvariantCulture,
        $"DefaultEndpointsProtocol=http;AccountName={account.Name};AccountKey={account.Key};BlobEndpoint=http://127.0.0.1:{blobPort}/{account.Name};QueueEndpoint=http://127.0.0.1:{queuePort}/{account.Name}");

    /// <summary>Sends a line to a module that was loaded into it, and returns the line that it answers. One at a time.</summary>
    public async Task<string> AskAsync(string line, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await _lines.Reader.ReadAsync(cancellationToken);
    }

    /// <summary>Ends it: it writes down what it holds in memory, and is killed if that takes too long.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(EndPatience, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Kill(_process);
        }

        await _drained;
        _process.Dispose();
    }

    private static Process Launch(AzuriteStart start)
    {
        int[] ports = start.Port == 0 ? [0, 0, 0] : [start.Port, start.Port + 1, start.Port + 2];
        var info = new ProcessStartInfo("node")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["AZURITE_ACCOUNTS"] = string.Join(';', start.Accounts.Select(account => $"{account.Name}:{account.Key}")) },
        };
        foreach (var module in start.Modules.Prepend(Guard()))
        {
            info.ArgumentList.Add("--import");
            info.ArgumentList.Add(module);
        }

        // It refuses versions of the protocol that it does not know, and unknown headers, though it understands the rest.
        foreach (var argument in (string[])[
            start.Script, "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--loose", "--location", start.Folder,
            "--blobPort", Text(ports[0]), "--queuePort", Text(ports[1]), "--tablePort", Text(ports[2])])
        {
            info.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(info)!; // not null: no shell is used
        }
        catch (Win32Exception)
        {
            throw AzuriteInstallation.NodeIsMissing();
        }
    }

    private static async Task<int> PortOfAsync(Process process, string service, Task<string> errors, CancellationToken cancellationToken)
    {
        var mark = $"Azurite {service} service is successfully listening at ";
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith(mark, StringComparison.Ordinal))
            {
                return new Uri(line[mark.Length..]).Port;
            }
        }

        throw new CommandFailedException($"Azurite did not start: {(await errors).Trim()}");
    }

    private async Task DrainAsync(StreamReader output)
    {
        // A full pipe would stop it. It says next to nothing after its start.
        while (await output.ReadLineAsync() is { } line)
        {
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }

    private static void Kill(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private static string Guard()
    {
        using var stream = typeof(AzuriteProcess).Assembly.GetManifestResourceStream("guard.mjs")!; // not null: it is embedded
        using var reader = new StreamReader(stream);
        return $"data:text/javascript,{Uri.EscapeDataString(reader.ReadToEnd())}";
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
