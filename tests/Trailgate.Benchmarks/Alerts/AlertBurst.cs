using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Trailgate.Benchmarks.Servers;

namespace Trailgate.Benchmarks.Alerts;

/// <summary>
/// 50,000 deletes by two initiators within a minute: what a channel gets of them, what the list has, whether the counts add
/// up, and the memory of the product meanwhile.
/// </summary>
internal sealed class AlertBurst(TimeProvider time, string trailgate, string? dataParent)
{
    private const int Bodies = 500;
    private const int EventsABody = 100;
    private const int Initiators = 2;
    private const long All = Bodies * EventsABody;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(55);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Table Rows = new(("at s", 6), ("events", 10), ("RSS MiB", 8), ("peak MiB", 8), ("told", 6), ("of alerts", 10));

    private long _notifications;
    private long _told;

    /// <summary>Runs it and prints the figures.</summary>
    /// <returns>0 when each alert is listed and told once, in a message and a summary for each initiator; else 1.</returns>
    /// <exception cref="ServerException">The product does not start, or does not take an event.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var data = new DataFolder(dataParent);
        Console.WriteLine($"machine   {Machine.Describe()}");
        Console.WriteLine($"load      {All:N0} deletes by {Initiators} initiators in {Length.TotalSeconds:F0} s, {EventsABody} a body; groups gather for {Window.TotalSeconds:F0} s");
        Console.WriteLine();
        await using var receiver = await AlertReceiver.StartAsync(time, cancellationToken);
        await using var server = await ServerProcess.StartTrailgateAsync(
            "trailgate", trailgate, ["--data", data.Path], [.. receiver.Settings, ("Trailgate:Alerts:GroupWindow", Window.ToString("c", CultureInfo.InvariantCulture))], time, cancellationToken);
        using var client = new HttpClient { BaseAddress = server.Url };

        Rows.WriteTitles();
        var start = time.GetTimestamp();
        for (var body = 0; body < Bodies; body++)
        {
            await PostAsync(client, body, cancellationToken);
            if ((body + 1) % 50 == 0)
            {
                Report(start, (body + 1) * EventsABody, server, receiver);
            }

            var early = Length * ((body + 1) / (double)Bodies) - time.GetElapsedTime(start);
            await Task.Delay(early > TimeSpan.Zero ? early : TimeSpan.Zero, time, cancellationToken);
        }

        while (_told < All && time.GetElapsedTime(start) < Length + Window + Patience)
        {
            await Task.Delay(TimeSpan.FromSeconds(10), time, cancellationToken);
            Report(start, All, server, receiver);
        }

        var listed = await CountListedAsync(client, cancellationToken);
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{_notifications} messages tell of {_told:N0} alerts; {listed:N0} are listed; peak RSS {server.Memory.Peak:N0} MiB"));
        return (_told, listed, _notifications) == (All, All, 2 * Initiators) ? 0 : 1;
    }

    private async Task PostAsync(HttpClient client, int number, CancellationToken cancellationToken)
    {
        var events = Enumerable.Range(number * EventsABody, EventsABody)
            .Select(each => DeleteEvent.Json($"event-{each}", $"IBMid-{each % Initiators}", time.GetUtcNow()));
        using var body = new StringContent($"[{string.Join(',', events)}]", Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/api/events", UriKind.Relative), body, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Accepted)
        {
            throw new ServerException($"A body was answered {(int)response.StatusCode}.");
        }
    }

    private void Report(long start, long events, ServerProcess server, AlertReceiver receiver)
    {
        while (receiver.Received.TryRead(out var notification))
        {
            _notifications++;
            _told += notification.Count;
        }

        Rows.Write(time.GetElapsedTime(start).TotalSeconds, events, server.Memory.Resident, server.Memory.Peak, _notifications, _told);
    }

    private static async Task<long> CountListedAsync(HttpClient client, CancellationToken cancellationToken)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (string? next = ""; next is not null;)
        {
            await using var stream = await client.GetStreamAsync(new Uri($"/api/alerts?limit=1000{next}", UriKind.Relative), cancellationToken);
            using var page = await JsonDocument.ParseAsync(stream, default, cancellationToken);
            ids.UnionWith(page.RootElement.GetProperty("alerts").EnumerateArray().Select(alert => alert.GetProperty("id").GetString() ?? ""));
            next = page.RootElement.TryGetProperty("next", out var place) ? $"&after={place.GetString()}" : null;
        }

        return ids.Count;
    }
}
