using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Trailgate.EndToEnd.Tests.Load;

/// <summary>
/// Sends events one after the other request, alone and in bodies, plain and gzipped. Some of those that were answered, and
/// most of those that were not, it sends again.
/// </summary>
internal sealed class Sender(string name, int seed, Target target, SentLog log)
{
    private const int MostInBody = 60;

    // Without a rest senders fill the inbox faster than runs on a slow disk empty it: the slower the machine, the more a test has to do.
    private const int LongestRestMilliseconds = 20;

    // Sooner than any Retry-After asks: a test has less patience than a sender should.
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMilliseconds(50);

    private readonly Random _random = new(seed);
    private readonly Queue<TestEvent> _again = new();

    /// <summary>Starts several at once.</summary>
    public static Task RunAsync(int count, string name, int seed, Target target, SentLog log, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(number => new Sender($"{name}{number}", unchecked(seed + number), target, log).RunAsync(stop)));

    /// <summary>Sends until it is stopped; the request under way is finished.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var source = new EventSource(name, _random);
        using var client = new HttpClient { Timeout = Processes.TrailgateProcess.Patience };
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var address = await target.AddressAsync(stop);
                var events = NextBody(source);
                log.Sending(events);
                await SendAsync(client, address, events);
                await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(LongestRestMilliseconds)), TimeProvider.System, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped while it rested or the server was down.
        }
    }

    private List<TestEvent> NextBody(EventSource source)
    {
        var count = _random.Next(2) == 0 ? 1 : _random.Next(1, MostInBody);
        var events = new List<TestEvent>(count);
        while (events.Count < count)
        {
            events.Add(_again.TryDequeue(out var old) ? old : source.Next());
        }

        return events;
    }

    private async Task SendAsync(HttpClient client, Uri address, List<TestEvent> events)
    {
        try
        {
            using var content = Content(events);
            using var response = await client.PostAsync(new Uri(address, "/api/events"), content, CancellationToken.None);
            var answer = await response.Content.ReadAsStringAsync(CancellationToken.None);
            if (response.StatusCode == HttpStatusCode.Accepted)
            {
                Note(answer, events);
                Repeat(events, oneIn: 10);
                return;
            }

            if (response is { StatusCode: HttpStatusCode.ServiceUnavailable, Headers.RetryAfter: not null })
            {
                log.Refused();
                Repeat(events, oneIn: 1);
                await Task.Delay(AfterRefusal, TimeProvider.System, CancellationToken.None);
                return;
            }

            log.Surprise($"{(int)response.StatusCode}: {answer}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The server went away: whether it kept them nobody knows.
            Repeat(events, oneIn: 1);
        }
    }

    private ByteArrayContent Content(List<TestEvent> events)
    {
        var (text, type) = events.Count == 1 ? (events[0].Json, "application/json")
            : _random.Next(3) == 0 ? ($"[{string.Join(',', events.Select(sent => sent.Json))}]", "application/json")
            : (string.Join('\n', events.Select(sent => sent.Json)), "application/x-ndjson");
        var gzipped = _random.Next(3) == 0;
        var content = new ByteArrayContent(gzipped ? Gzip(text) : Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (gzipped)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        return content;
    }

    private void Note(string answer, List<TestEvent> events)
    {
        using var document = JsonDocument.Parse(answer);
        var results = document.RootElement.GetProperty("results").EnumerateArray().ToList();
        if (results.Count != events.Count)
        {
            log.Surprise($"{events.Count} events were answered with {results.Count} results.");
            return;
        }

        for (var i = 0; i < results.Count; i++)
        {
            log.Answered(events[i], results[i].GetProperty("id").GetString()!, results[i].GetProperty("region").GetString()!);
        }
    }

    private void Repeat(List<TestEvent> events, int oneIn)
    {
        foreach (var sent in events.Where(_ => _random.Next(oneIn) == 0))
        {
            _again.Enqueue(sent);
        }
    }

    private static byte[] Gzip(string text)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return compressed.ToArray();
    }
}
