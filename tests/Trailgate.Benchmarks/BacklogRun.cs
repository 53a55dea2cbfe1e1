using System.Diagnostics;
using System.Globalization;
using Trailgate.Benchmarks.Servers;
using Trailgate.Storage;

namespace Trailgate.Benchmarks;

/// <summary>
/// An inbox of real files that nobody emptied for long: how much memory the verifier, the archive run that empties it and
/// the verifier after that take, each in a process of its own.
/// </summary>
internal sealed class BacklogRun(TimeProvider time, int batches, int eventsPerBatch, string trailgate, string? dataParent)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly Table _table = new(("command", -24), ("seconds", 8), ("peak MiB", 9));

    /// <summary>Runs all of it and prints the figures; 1 when a command found anything.</summary>
    /// <exception cref="ServerException">A command could not do its work.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var data = new DataFolder(dataParent);
        using var config = new DataFolder(null); // for the signing key, which must not lie beside the data
        new VerifyArchive(new FileBlobStore(data.Path), eventsPerBatch).Fill(batches * eventsPerBatch);
        Console.WriteLine($"{Machine.Describe()}; {batches:N0} batches of {eventsPerBatch} events");
        _table.WriteTitles();
        var findings = await MeasureAsync("verify, all waits", data.Path, config.Path, ["verify"], cancellationToken);
        findings += await MeasureAsync("archive", data.Path, config.Path, ["archive"], cancellationToken);
        findings += await MeasureAsync("verify, all is archived", data.Path, config.Path, ["verify"], cancellationToken);
        return findings == 0 ? 0 : 1;
    }

    private async Task<int> MeasureAsync(string title, string data, string config, string[] words, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", [trailgate, .. words, "--data", data]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XDG_CONFIG_HOME"] = config;
        var began = time.GetTimestamp();
        using var process = Process.Start(start) ?? throw new ServerException("dotnet does not start.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var peak = 0.0;
        while (!process.HasExited)
        {
            peak = Math.Max(peak, ProcessMemory.Of(process.Id).Peak);
            await Task.Delay(Look, time, cancellationToken);
        }

        _table.Write(title, time.GetElapsedTime(began).TotalSeconds.ToString("F1", CultureInfo.InvariantCulture), peak);
        Console.WriteLine($"  {(await output).Trim()}{(await errors).Trim()}");
        return process.ExitCode < 2 ? process.ExitCode : throw new ServerException($"{string.Join(' ', words)} ended with {process.ExitCode}.");
    }
}
