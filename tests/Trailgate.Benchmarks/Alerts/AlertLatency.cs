using System.Net;
using System.Text;
using Trailgate.Benchmarks.Load;
using Trailgate.Benchmarks.Servers;
using Trailgate.Cli.Azurite;
using Trailgate.Tests.Azurite;

namespace Trailgate.Benchmarks.Alerts;

/// <summary>
/// How long an alert takes on an idle system: from the start of the POST of one event to its notification, whole, at a
/// receiver. Each event is of another initiator, so that each alert is the first of its group and none waits for a summary.
/// </summary>
internal sealed class AlertLatency(TimeProvider time, int events, bool azurite, string trailgate, string? dataParent)
{
    private const string NoArchiveRuns = "0 0 0 1 1 *";
    private const int WarmUp = 50;

    // Longer than the tries of a second or two that follow a failed one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // At any point between two looks into the queue, and after what the last alert left to record.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    private static readonly Table Rows = new(("from the POST", -22), ("p50 ms", 8), ("p99 ms", 8), ("max ms", 8));

    private readonly Random _random = new(1);

    /// <summary>Runs it and prints the figures.</summary>
    /// <returns>0 when every alert came, once.</returns>
    /// <exception cref="ServerException">The product does not start, or an alert does not come.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var data = new DataFolder(dataParent);
        Console.WriteLine($"machine   {Machine.Describe()}");
        Console.WriteLine($"disk      {Machine.MeasureFsync(data.Path, time)}");
        await using var account = azurite
            ? await AzuriteProcess.StartAsync(new AzuriteStart(AzuritePackage.Script, Path.Combine(data.Path, "azurite")), cancellationToken)
            : null;
        Console.WriteLine($"storage   {(azurite ? $"Azurite {AzuriteInstallation.Version}, on the same machine and disk" : "files")}");
        Console.WriteLine($"load      {events} deletes, one at a time, each of another initiator, after {WarmUp} that do not count");
        Console.WriteLine();
        await using var receiver = await AlertReceiver.StartAsync(time, cancellationToken);
        await using var server = await ServerProcess.StartTrailgateAsync(
            "trailgate",
            trailgate,
            account is null ? ["--data", data.Path] : ["--connection", account.ConnectionString(AzuriteStart.DevelopmentAccount)],
            [.. receiver.Settings, ("Trailgate:Archive:Schedule", NoArchiveRuns)],
            time,
            cancellationToken);
        using var client = new HttpClient { BaseAddress = server.Url };

        var (answered, arrived) = (new LatencyHistogram(), new LatencyHistogram());
        for (var number = -WarmUp; number < events; number++)
        {
            var (answer, arrival) = await TellAsync(client, receiver, $"event-{number}", cancellationToken);
            if (number >= 0)
            {
                answered.Add(answer);
                arrived.Add(arrival);
            }

            await Task.Delay(LongestPause * _random.NextDouble(), time, cancellationToken);
        }

        Rows.WriteTitles();
        Write("to its answer", answered);
        Write("to the receiver", arrived);
        return receiver.Received.TryRead(out _) ? 1 : 0;
    }

    private async Task<(TimeSpan Answer, TimeSpan Arrival)> TellAsync(HttpClient client, AlertReceiver receiver, string key, CancellationToken cancellationToken)
    {
        using var body = new StringContent(DeleteEvent.Json(key, $"IBMid-{key}", time.GetUtcNow()), Encoding.UTF8, "application/json");
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var start = time.GetTimestamp();
        try
        {
            using var response = await client.PostAsync(new Uri("/api/events", UriKind.Relative), body, either.Token);
            var answer = time.GetElapsedTime(start);
            if (response.StatusCode != HttpStatusCode.Accepted)
            {
                throw new ServerException($"An event was answered {(int)response.StatusCode}.");
            }

            var alert = await receiver.Received.ReadAsync(either.Token);
            return alert.CorrelationId == key
                ? (answer, time.GetElapsedTime(start, alert.At))
                : throw new ServerException($"Something else than the alert of {key} came: {alert}.");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new ServerException($"The alert of {key} did not come within {Patience.TotalSeconds:F0} s.");
        }
    }

    private static void Write(string what, LatencyHistogram latency) => Rows.Write(
        what, Table.Milliseconds(latency.Percentile(0.5)), Table.Milliseconds(latency.Percentile(0.99)), Table.Milliseconds(latency.Max));
}
