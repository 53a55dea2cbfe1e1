using System.Globalization;
using Trailgate.Benchmarks.Load;
using Trailgate.Benchmarks.Servers;

namespace Trailgate.Benchmarks;

/// <summary>Bodies at full speed while archive runs go on: shows what throughput lasts, and whether memory stays flat.</summary>
internal sealed class SustainRun(TimeProvider time, LoadShape shape, int eventsPerRequest, TimeSpan duration, string archiveSchedule, string trailgate, string? dataParent)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private static readonly Table Rows = new(("at s", 6), ("events/s", 10), ("events", 14), ("RSS MiB", 8), ("peak MiB", 8), ("CPU s", 7), ("inbox blobs", 11), ("segments", 9));

    /// <summary>Runs it and prints the figures.</summary>
    /// <returns>0 when every event was accepted, 1 when not.</returns>
    /// <exception cref="ServerException">The product does not start, or ends.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var deck = new CodeEngineEvents().Deck(1);
        using var data = new DataFolder(dataParent);
        Console.WriteLine($"machine   {Machine.Describe()}");
        Console.WriteLine($"disk      {Machine.MeasureFsync(data.Path, time)}");
        Console.WriteLine($"load      {eventsPerRequest} event(s) a request, {shape.Connections} connections; archive runs at {archiveSchedule}");
        Console.WriteLine($"events    {DeckSummary.Of(deck)}");
        Console.WriteLine();
        await using var server = await ServerProcess.StartTrailgateAsync("trailgate", trailgate, ["--data", data.Path], [("Trailgate:Archive:Schedule", archiveSchedule)], time, cancellationToken);

        var run = new LoadRun(time, deck);
        var load = run.RunAsync(server, new Scenario(eventsPerRequest), shape, duration, cancellationToken);
        await ReportAsync(load, run, server, data.Path, cancellationToken);

        var result = await load;
        var memory = server.Memory;
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{result.EventsPerSecond:N0} events/s over {result.Elapsed.TotalSeconds:F0} s; p50 {Table.Milliseconds(result.Latency.Percentile(0.5))} ms, p99 {Table.Milliseconds(result.Latency.Percentile(0.99))} ms, max {Table.Milliseconds(result.Latency.Max)} ms; peak RSS {memory.Peak:N0} MiB"));
        if (result.Shortcomings is not { } shortcomings)
        {
            return 0;
        }

        Console.WriteLine(shortcomings);
        return 1;
    }

    private async Task ReportAsync(Task load, LoadRun run, ServerProcess server, string data, CancellationToken cancellationToken)
    {
        Rows.WriteTitles();
        using var timer = new PeriodicTimer(Period, time);
        var start = time.GetTimestamp();
        var (lastEvents, lastElapsed) = (0L, TimeSpan.Zero);
        while (!load.IsCompleted && await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (load.IsCompleted)
            {
                return;
            }

            server.ThrowIfEnded();
            var events = run.EventsAnswered;
            var elapsed = time.GetElapsedTime(start);
            var memory = server.Memory;
            Rows.Write(elapsed.TotalSeconds, (events - lastEvents) / (elapsed - lastElapsed).TotalSeconds, events, memory.Resident, memory.Peak,
                server.Cpu.TotalSeconds, Files(data, "inbox"), Files(data, "archive"));
            (lastEvents, lastElapsed) = (events, elapsed);
        }
    }

    /// <summary>Files of a container just now; the product makes and deletes them meanwhile, so the count is a glance.</summary>
    private static long Files(string data, string container)
    {
        var folder = Path.Combine(data, container);
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        try
        {
            return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, container == "archive" ? "*.ndjson.gz" : "*.ndjson", options).LongCount() : 0;
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
    }
}
