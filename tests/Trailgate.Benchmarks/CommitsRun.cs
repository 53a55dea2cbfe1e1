using System.Globalization;
using Trailgate.Benchmarks.Load;
using Trailgate.Benchmarks.Servers;
using Trailgate.Cli.Azurite;
using Trailgate.Tests.Azurite;

namespace Trailgate.Benchmarks;

/// <summary>
/// How many commits to an account should be under way at once: the product over an Azurite that is moved away by some
/// round trips, with 1, 2, 4 and 8.
/// </summary>
internal sealed class CommitsRun(TimeProvider time, LoadShape shape, IReadOnlyList<int> roundTrips, TimeSpan round, string trailgate, string? dataParent)
{
    private static readonly int[] Commits = [1, 2, 4, 8];
    private static readonly Scenario[] Scenarios = [new(1), new(100)];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private readonly LoadRun _load = new(time, new CodeEngineEvents().Deck(1));
    private readonly Table _table = new(("round trip", -10), ("commits", 8), ("singles, events/s", 18), ("p50 ms", 8), ("p99 ms", 8), ("bodies, events/s", 18), ("p50 ms", 8), ("p99 ms", 8));

    /// <summary>Runs all of it and prints the figures; 1 when not every event was accepted.</summary>
    /// <exception cref="ServerException">A server does not start, or ends.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var data = new DataFolder(dataParent);
        Console.WriteLine($"{Machine.Describe()}; {shape.Connections} connections; Azurite {AzuriteInstallation.Version} on the same machine and disk");
        await using var azurite = await AzuriteProcess.StartAsync(new AzuriteStart(AzuritePackage.Script, Path.Combine(data.Path, "azurite")), cancellationToken);
        _table.WriteTitles();
        var isClean = true;
        foreach (var roundTrip in roundTrips)
        {
            await using var blobs = new DistantPort(azurite.BlobPort, TimeSpan.FromMilliseconds(roundTrip), time);
            await using var queues = new DistantPort(azurite.QueuePort, TimeSpan.FromMilliseconds(roundTrip), time);
            var connection = AzuriteProcess.ConnectionString(AzuriteStart.DevelopmentAccount, blobs.Port, queues.Port);
            foreach (var commits in Commits)
            {
                isClean &= await MeasureAsync(roundTrip, commits, connection, cancellationToken);
            }
        }

        return isClean ? 0 : 1;
    }

    private async Task<bool> MeasureAsync(int roundTrip, int commits, string connection, CancellationToken cancellationToken)
    {
        await using var server = await ServerProcess.StartTrailgateAsync(
            "trailgate", trailgate, ["--connection", connection],
            [("Trailgate:Archive:Schedule", IngestComparison.Never), ("Trailgate:Alerts:WatchSchedule", IngestComparison.Never), ("Trailgate:Ingest:Commits", commits.ToString(CultureInfo.InvariantCulture))],
            time, cancellationToken);
        var cells = new List<object> { $"{roundTrip} ms", commits };
        var isClean = true;
        foreach (var scenario in Scenarios)
        {
            await _load.RunAsync(server, scenario, shape, WarmUp, cancellationToken);
            var result = await _load.RunAsync(server, scenario, shape, round, cancellationToken);
            cells.AddRange([result.EventsPerSecond, Table.Milliseconds(result.Latency.Percentile(0.50)), Table.Milliseconds(result.Latency.Percentile(0.99))]);
            isClean &= result.Shortcomings is null;
        }

        _table.Write([.. cells]);
        return isClean;
    }
}
