using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Trailgate.Alerts;
using Trailgate.Alerts.Delivery;
using Trailgate.Archive;
using Trailgate.Hosting;
using Trailgate.Storage;
using Trailgate.Tests.Alerts.Channels;
using Trailgate.Tests.Ingest;

namespace Trailgate.Tests.Hosting;

/// <summary>
/// The whole way of events that must stay in one store: a marker that stands in every field of them, and their ids, are
/// looked for in every byte of the other one. The same for each kind of store.
/// </summary>
public abstract class ResidencyContract : IAsyncLifetime
{
    private const string Marker = "zq7residentzq7";
    private const string Crn = "crn:v1:bluemix:public:codeengine:eu-de:a/" + Marker + ":" + Marker + "::";
    private const string HomeKey = "the key of the office in Frankfurt";
    private const string PlainKey = "the key of somebody else";

    private readonly HashSet<string> _ids = [];
    private WebhookReceiver _receiver = null!; // xunit calls InitializeAsync before any test
    private IngestServer _server = null!;

    /// <summary>Starts a server over two stores, <c>default</c> and <c>eu</c>, of the kind under test.</summary>
    private protected abstract Task<IngestServer> StartAsync((string Name, string Value)[] settings);

    /// <summary>All that is in a store, the queue included: names as <c>container/path</c>, and the bytes as they are stored.</summary>
    private protected abstract Task<IReadOnlyList<(string Name, byte[] Bytes)>> ReadAllAsync(string store);

    public async Task InitializeAsync()
    {
        // The first alert arrives, the others never will: so there are delivery records, and dead letters.
        _receiver = await WebhookReceiver.StartAsync(204, 410);
        _server = await StartAsync(
        [
            ("Trailgate:Regions:eu-de", "eu"),
            ("Trailgate:Sources:berlin:Store", "eu"),
            ("Trailgate:Keys:home:Hash", AccessKeys.HashOf(HomeKey)),
            ("Trailgate:Keys:home:Scopes", "ingest,read"),
            ("Trailgate:Keys:home:Store", "eu"),
            ("Trailgate:Keys:plain:Hash", AccessKeys.HashOf(PlainKey)),
            ("Trailgate:Keys:plain:Scopes", "ingest,read"),
            ("Trailgate:Alerts:Channels:hook:Type", "webhook"),
            ("Trailgate:Alerts:Channels:hook:Secret", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"),
            ("Trailgate:Alerts:Channels:hook:Url", _receiver.Url.ToString()),
            ("Trailgate:Alerts:Channels:hook:Insecure", "true"),
        ]);
    }

    public virtual async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task No_byte_of_an_event_that_is_assigned_to_a_store_reaches_the_other()
    {
        await SendByRegionAsync();
        await SendByKeyAndSourceAsync();
        await SendElsewhereAsync();
        await _server.Services.GetRequiredService<AlertDispatcher>().MarksWritten;
        Assert.Equal(["alerts", "archive", "inbox"], await ContainersWithMarkerAsync());
        await AssertNothingInDefaultAsync();

        await DeliverAsync();
        await _server.Services.GetRequiredService<Archiver>().RunAsync(CancellationToken.None);
        await LookAsync();

        // What had to stay is all there...
        Assert.Equal(["alerts", "archive", "quarantine"], await ContainersWithMarkerAsync());
        string[] kinds =
        [
            "archive/overflow/", "archive/region=eu-de/", "archive/region=unknown/", "alerts/matches/", "alerts/deliveries/", "alerts/dead/",
            "quarantine/", "index/region=eu-de/", "ledger/",
        ];
        var eu = await ReadAllAsync("eu");
        Assert.All(kinds, kind => Assert.Contains(eu, blob => blob.Name.StartsWith(kind, StringComparison.Ordinal)));

        // ... and the other store, which has done the same for its own, knows nothing of it.
        var other = await ReadAllAsync("default");
        Assert.Contains(other, blob => blob.Name.StartsWith("archive/region=us-south/", StringComparison.Ordinal));
        Assert.Contains(other, blob => blob.Name.StartsWith("alerts/matches/", StringComparison.Ordinal));
        Assert.DoesNotContain(other, blob => blob.Name.Contains("region=eu-de", StringComparison.Ordinal));
        await AssertNothingInDefaultAsync();
    }

    [Fact]
    public async Task What_is_told_of_a_damaged_batch_holds_nothing_of_it()
    {
        var batch = new BlobName(Containers.Inbox, "batches/2026-11-22/05/019aa9c0-0000-7000-8000-000000000001.ndjson");
        var eu = _server.Services.GetRequiredService<Stores>().Find("eu")!.Blobs; // not null: it is declared
        await eu.PutAsync(batch, Encoding.UTF8.GetBytes($"{{\"id\":\"{Marker}\"}}\n{{\"batch\":{{\"{Marker}"), CancellationToken.None);

        var done = await _server.Services.GetRequiredService<Archiver>().RunAsync(CancellationToken.None);

        Assert.Equal(1, done.Damaged);
        var alert = Assert.Single(await ReadAllAsync("default"), blob => blob.Name.StartsWith("alerts/matches/pipeline/", StringComparison.Ordinal));
        Assert.Contains($"store eu: archive: damaged batch {batch.Path}", Encoding.UTF8.GetString(alert.Bytes), StringComparison.Ordinal);
        await AssertNothingInDefaultAsync();
        Assert.NotNull(await eu.ReadAsync(batch, CancellationToken.None));
    }

    private async Task SendByRegionAsync()
    {
        await AcceptedAsync(PlainKey, "/api/events", EventOf("delete", "failure", Crn, responseBytes: 40_000));
        await AcceptedAsync(PlainKey, "/api/events", EventOf("read", "failure", Crn, responseBytes: 10));

        // A body for both stores, in envelopes; and what is no event for several reasons.
        await AcceptedAsync(PlainKey, "/api/events", $$"""
            [{{Bodies.Event(region: "us-south")}},
             {"payload": {{EventOf("delete", "success", Crn, responseBytes: 10)}} },
             {"logSourceCRN":"{{Crn}}","message":"{{Marker}}"},
             {"payload":{"logSourceCRN":"{{Crn}}","message":"{{Marker}}"} },
             {"specversion":"1.0","id":"{{Marker}}","source":"{{Crn}}","type":"{{Marker}}","data":{"message":"{{Marker}}"} },
             {"action":"codeengine.application.read","action":"{{Marker}}","target":{"id":"{{Crn}}"} }]
            """);
        await AcceptedAsync(PlainKey, "/api/events", $$"""
            {{Bodies.Event(region: "us-south")}}
            {"message":"{{Marker}}","logSourceCRN":"{{Crn}}","cut
            <13>1 2026-11-22T05:54:00Z host app - - - {"message":"{{Marker}}","region":"eu-de"}
            """, "application/x-ndjson");
    }

    private async Task SendByKeyAndSourceAsync()
    {
        // Neither says where it happened: the sender decides.
        await AcceptedAsync(HomeKey, "/api/events", EventOf("delete", "success", Marker, responseBytes: 10));
        await AcceptedAsync(HomeKey, "/api/events", $$"""[{{EventOf("read", "success", Marker, responseBytes: 10)}},"{{Marker}}",{"{{Marker}}":1}]""");
        await AcceptedAsync(PlainKey, "/api/events/berlin", $$"""[{{EventOf("delete", "success", Marker, responseBytes: 20)}},["{{Marker}}"]]""");
        Assert.Equal(422, (await PostAsync(HomeKey, "/api/events", Marker, "text/plain")).Status);
    }

    private Task SendElsewhereAsync() => AcceptedAsync(PlainKey, "/api/events", $$"""[{{Bodies.Event("delete", "us-south")}},{}]""");

    private async Task DeliverAsync()
    {
        var queue = _server.Services.GetRequiredService<IMessageQueue>();
        var delivery = _server.Services.GetRequiredService<AlertDelivery>();
        while (await queue.ReceiveAsync(1, TimeSpan.FromMinutes(5), CancellationToken.None) is [var message])
        {
            await delivery.HandleAsync(message.Body, CancellationToken.None);
            await queue.DeleteAsync(message, CancellationToken.None);
        }

        Assert.Contains(_receiver.Requests, request => Encoding.UTF8.GetString(request.Body).Contains(Marker, StringComparison.Ordinal));
    }

    /// <summary>Questions leave no trace either: looking for an event makes indexes.</summary>
    private async Task LookAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/events?region=eu-de&format=json", UriKind.Relative));
        request.Headers.Add(AccessKeys.KeyHeader, PlainKey);
        using var response = await _server.Client.SendAsync(request);
        Assert.Equal(3, (await response.Content.ReadAsStringAsync()).Split("\"region\":\"eu-de\"").Length - 1);
    }

    private async Task AcceptedAsync(string key, string path, string body, string contentType = "application/json")
    {
        var answer = await PostAsync(key, path, body, contentType);
        Assert.Equal(202, answer.Status);
        foreach (var result in answer.Results.Where(result => result.TryGetProperty("region", out var region) && region.GetString() != "us-south"))
        {
            _ids.Add(result.GetProperty("id").GetString()!); // not null: an event has one
        }
    }

    private async Task<Answer> PostAsync(string key, string path, string body, string contentType)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = content };
        request.Headers.Add(AccessKeys.KeyHeader, key);
        using var response = await _server.Client.SendAsync(request);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers);
    }

    /// <summary>An event with the marker in every field that can hold it.</summary>
    private static string EventOf(string verb, string outcome, string crn, int responseBytes) => $$$"""
        {"id":"{{{Marker}}}-{{{verb}}}-{{{responseBytes}}}","typeURI":"http://{{{Marker}}}.example/event","eventType":"activity","eventTime":"2026-11-22T05:54:00.12+0000",
         "action":"codeengine.{{{Marker}}}.{{{verb}}}","outcome":"{{{outcome}}}","severity":"critical",
         "reason":{"reasonCode":403,"reasonType":"{{{Marker}}}","reasonForFailure":"{{{Marker}}}"},
         "initiator":{"id":"{{{Marker}}}","name":"{{{Marker}}}@example.com","typeURI":"{{{Marker}}}","host":{"address":"{{{Marker}}}.example.com"},"credential":{"type":"{{{Marker}}}"}},
         "target":{"id":"{{{crn}}}","name":"{{{Marker}}}","typeURI":"{{{Marker}}}"},
         "observer":{"id":"{{{Marker}}}","name":"{{{Marker}}}"},
         "correlationId":"{{{Marker}}}","message":"{{{Marker}}}","logSourceCRN":"{{{crn}}}",
         "requestData":{"{{{Marker}}}":"{{{Marker}}}"},
         "responseData":{"filler":"{{{new string('f', responseBytes)}}}","marker":"{{{Marker}}}"},
         "{{{Marker}}}":{"any":"{{{Marker}}}"}}
        """;

    private async Task AssertNothingInDefaultAsync()
    {
        Assert.NotEmpty(await ReadAllAsync("default"));
        Assert.Empty((await ReadAllAsync("default")).Where(HoldsAnything).Select(blob => blob.Name));
    }

    private bool HoldsAnything((string Name, byte[] Bytes) blob) =>
        HoldsMarker(blob) || _ids.Any(id => Text(blob).Contains(id, StringComparison.OrdinalIgnoreCase) || blob.Bytes.AsSpan().IndexOf(Convert.FromHexString(id)) >= 0);

    private async Task<List<string>> ContainersWithMarkerAsync() =>
        [.. (await ReadAllAsync("eu")).Where(HoldsMarker).Select(blob => blob.Name.Split('/')[0]).Distinct().Order(StringComparer.Ordinal)];

    private static bool HoldsMarker((string Name, byte[] Bytes) blob) => Text(blob).Contains(Marker, StringComparison.OrdinalIgnoreCase);

    /// <summary>The name and the content, inflated where it is compressed.</summary>
    private static string Text((string Name, byte[] Bytes) blob)
    {
        var bytes = blob.Bytes;
        if (blob.Name.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var inflated = new MemoryStream();
            gzip.CopyTo(inflated);
            bytes = inflated.ToArray();
        }

        return blob.Name + "\n" + Encoding.UTF8.GetString(bytes);
    }
}
