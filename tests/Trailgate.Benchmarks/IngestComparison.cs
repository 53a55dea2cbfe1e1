using System.Globalization;
using Trailgate.Benchmarks.Load;
using Trailgate.Benchmarks.Servers;
using Trailgate.Cli.Azurite;
using Trailgate.Tests.Azurite;

namespace Trailgate.Benchmarks;

/// <summary>
/// The product and the bare endpoint side by side, with Azurite a plain Put Blob as well: all run all the time, take turns under the same load, and those
/// whose turn it is not are paused.
/// </summary>
internal sealed class IngestComparison(TimeProvider time, IngestOptions options)
{
    // Never due while this runs: an archive run, or a look of the watch, would fall into some rounds and not into others.
    // `sustain` has both.
    internal const string Never = "0 0 0 1 1 *";

    private static readonly Scenario[] Scenarios = [new(1), new(100)];

    private static readonly Table Rows = new(
        ("scenario", -20), ("server", -10), ("round", 5), ("requests/s", 11), ("events/s", 10), ("p50 ms", 8), ("p99 ms", 8), ("max ms", 8),
        ("not 202", 8), ("CPU s", 7), ("RSS MiB", 8), ("peak MiB", 8), ("load CPU s", 10), ("others %", 8));

    private readonly List<byte[]> _deck = new CodeEngineEvents().Deck(1);
    private readonly Dictionary<(Scenario, string), List<LoadResult>> _results = [];
    private bool _isClean = true;

    /// <summary>Runs all of it and prints the figures.</summary>
    /// <returns>0 when every event was accepted, 1 when not.</returns>
    /// <exception cref="ServerException">A server does not start, or ends.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var data = new DataFolder(options.DataParent);
        Console.WriteLine($"machine   {Machine.Describe()}");
        Console.WriteLine($"disk      {Machine.MeasureFsync(data.Path, time)}");
        Console.WriteLine($"load      {options.Shape.Connections} connections on {options.Shape.Threads} thread(s), on the same machine; {options.Rounds} round(s) of {options.Round.TotalSeconds:0.#} s");
        Console.WriteLine($"events    {DeckSummary.Of(_deck)}");
        Console.WriteLine("archive   no run and no look of the watch falls into these rounds; `sustain` measures with both");
        Console.WriteLine();

        var servers = new List<ServerProcess>();
        await using var azurite = options.Azurite ? await StartAzuriteAsync(data.Path, cancellationToken) : null;
        try
        {
            var run = new LoadRun(time, _deck);
            await StartAsync(servers, run, data.Path, azurite?.ConnectionString(AzuriteStart.DevelopmentAccount), cancellationToken);
            Rows.WriteTitles();
            foreach (var scenario in Scenarios)
            {
                for (var round = 1; round <= options.Rounds; round++)
                {
                    // A, B, B, A, A, B: a machine that gets slower or faster meanwhile favours neither.
                    foreach (var server in round % 2 == 1 ? servers : Enumerable.Reverse(servers))
                    {
                        await MeasureAsync(run, server, scenario, round, cancellationToken);
                    }
                }
            }

            WriteRatios();
            return _isClean ? 0 : 1;
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    private static Task<AzuriteProcess> StartAzuriteAsync(string data, CancellationToken cancellationToken)
    {
        Console.WriteLine($"storage   Azurite {AzuriteInstallation.Version}, on the same machine and disk; its time is not in the servers' CPU column");
        return AzuriteProcess.StartAsync(new AzuriteStart(AzuritePackage.Script, Path.Combine(data, "azurite")), cancellationToken);
    }

    private async Task StartAsync(List<ServerProcess> servers, LoadRun run, string data, string? connection, CancellationToken cancellationToken)
    {
        if (options.Target is null or "bare")
        {
            servers.Add(await ServerProcess.StartBareAsync(time, cancellationToken));
        }

        if (options.Target is null or "trailgate")
        {
            servers.Add(await StartTrailgateAsync("trailgate", receipts: null));
        }

        if (options.Receipts)
        {
            servers.Add(await StartTrailgateAsync("receipts", receipts: "true"));
        }

        if (connection is not null && options.Target is null or "put-blob")
        {
            servers.Add(await ServerProcess.StartPutBlobAsync(connection ?? throw new ServerException("put-blob needs --azurite."), time, cancellationToken));
        }

        servers.ForEach(server => server.Pause());
        foreach (var server in servers)
        {
            server.Resume();
            foreach (var scenario in Scenarios)
            {
                Check(await run.RunAsync(server, scenario, options.Shape, options.WarmUp, cancellationToken), server);
            }

            server.Pause();
        }

        Task<ServerProcess> StartTrailgateAsync(string name, string? receipts) => ServerProcess.StartTrailgateAsync(
            name,
            options.Trailgate,
            connection is null ? ["--data", Path.Combine(data, name)] : ["--connection", connection],
            [("Trailgate:Archive:Schedule", Never), ("Trailgate:Alerts:WatchSchedule", Never), ("Trailgate:Ingest:Commits", options.Commits?.ToString(CultureInfo.InvariantCulture)), ("Trailgate:Ingest:Receipts", receipts)],
            time,
            cancellationToken);
    }

    private async Task MeasureAsync(LoadRun run, ServerProcess server, Scenario scenario, int round, CancellationToken cancellationToken)
    {
        server.ThrowIfEnded();
        server.Resume();
        var (result, spending) = await Spending.WatchAsync(server, time,
            () => run.RunAsync(server, scenario, options.Shape, options.Round, cancellationToken));
        server.Pause();

        Rows.Write(scenario.Name, server.Name, round, result.RequestsPerSecond, result.EventsPerSecond,
            Table.Milliseconds(result.Latency.Percentile(0.50)), Table.Milliseconds(result.Latency.Percentile(0.99)), Table.Milliseconds(result.Latency.Max),
            result.Refused, spending.Cpu.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture), spending.Resident, spending.Peak,
            spending.GeneratorCpu.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture), 100 * spending.Others);
        Check(result, server);
        if (!_results.TryGetValue((scenario, server.Name), out var results))
        {
            _results[(scenario, server.Name)] = results = [];
        }

        results.Add(result);
    }

    private void Check(LoadResult result, ServerProcess server)
    {
        if (result.Shortcomings is { } shortcomings)
        {
            _isClean = false;
            Console.WriteLine($"  {server.Name} {shortcomings}");
        }
    }

    private void WriteRatios()
    {
        Console.WriteLine();
        Console.WriteLine("median of the rounds:");
        foreach (var scenario in Scenarios)
        {
            var bare = Median(scenario, "bare");
            var trailgate = Median(scenario, "trailgate");
            var line = $"  {scenario.Name,-20}  bare {Events(bare)}, trailgate {Events(trailgate)}, trailgate/bare {Ratio(trailgate, bare)}";
            if (options.Receipts)
            {
                var receipts = Median(scenario, "receipts");
                line += $", with receipts {Events(receipts)}, receipts/trailgate {Ratio(receipts, trailgate)}";
            }

            if (options.Azurite)
            {
                var putBlob = Median(scenario, "put-blob");
                line += $", put-blob {Events(putBlob)}, trailgate/put-blob {Ratio(trailgate, putBlob)}";
            }

            Console.WriteLine(line);
        }
    }

    private static string Ratio(double? part, double? whole) =>
        whole is > 0 && part is { } number ? (number / whole.Value).ToString("F3", CultureInfo.InvariantCulture) : "-";

    private double? Median(Scenario scenario, string server)
    {
        if (!_results.TryGetValue((scenario, server), out var results))
        {
            return null;
        }

        var sorted = results.ConvertAll(result => result.EventsPerSecond);
        sorted.Sort();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static string Events(double? perSecond) =>
        perSecond is { } number ? number.ToString("N0", CultureInfo.InvariantCulture) + " events/s" : "-";
}
