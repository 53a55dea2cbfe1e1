using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Trailgate.Alerts;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Tests.Ingest;

/// <summary>
/// The real routes and services behind a real Kestrel on a free port, without what works in the background: what a
/// request leaves behind stays where it is until the test looks.
/// </summary>
public sealed class IngestServer : IAsyncDisposable
{
    private static readonly string[] Containers =
        [Trailgate.Storage.Containers.Inbox, Trailgate.Storage.Containers.Archive, Trailgate.Storage.Containers.Alerts, Trailgate.Storage.Containers.Quarantine];

    private readonly HashSet<BlobName> _seen = [];
    private readonly IngestHost _host;

    private IngestServer(IngestHost host)
    {
        _host = host;
        Client.BaseAddress = host.Url;
    }

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromMinutes(2) };

    public Uri Url => Client.BaseAddress!;

    public IServiceProvider Services => _host.Services;

    /// <summary>The data directory of the default store, when it is one of files.</summary>
    public string Data => _host.Data;

    public IBlobStore Store => _host.Services.GetRequiredService<IBlobStore>();

    /// <summary>Over the file store in a temporary directory.</summary>
    public static Task<IngestServer> StartAsync(params (string Name, string Value)[] settings) => StartAsync(static _ => { }, settings);

    public static Task<IngestServer> StartAsync(IBlobStore store, IMessageQueue queue, params (string Name, string Value)[] settings) =>
        StartAsync(services => services.AddSingleton(store).AddSingleton(queue), settings);

    /// <summary>With what the test registers before the product does.</summary>
    public static async Task<IngestServer> StartAsync(Action<IServiceCollection> register, params (string Name, string Value)[] settings) =>
        new(await IngestHost.StartAsync(register, settings));

    public Task<Answer> PostAsync(string body, string? contentType = "application/json") => PostAsync(Encoding.UTF8.GetBytes(body), contentType);

    public Task<Answer> PostAsync(byte[] body, string? contentType = "application/json", string? encoding = null, bool chunked = false, string path = "/api/events") =>
        PostAsync(new ByteArrayContent(body), contentType, encoding, chunked, path);

    public async Task<Answer> PostAsync(HttpContent content, string? contentType, string? encoding = null, bool chunked = false, string path = "/api/events")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        if (encoding is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        }

        using var response = await Client.SendAsync(request);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers);
    }

    /// <summary>The batches that became durable since this was asked last, each checked against its trailer.</summary>
    public async Task<IReadOnlyList<Batch>> TakeNewBatchesAsync()
    {
        var batches = new List<Batch>();
        await foreach (var entry in Store.ListAsync(Trailgate.Storage.Containers.Inbox, BatchName.Prefix, null, CancellationToken.None))
        {
            if (_seen.Add(entry.Name))
            {
                var content = await Store.ReadAsync(entry.Name, CancellationToken.None);
                batches.Add(Batch.Read(content!.Bytes, out var damage) ?? throw new InvalidDataException(damage));
            }
        }

        return batches;
    }

    /// <summary>How many blobs of any kind there are, marks of alerts that are still being written included.</summary>
    public async Task<int> CountBlobsAsync()
    {
        await _host.Services.GetRequiredService<AlertDispatcher>().MarksWritten;
        var count = 0;
        foreach (var container in Containers)
        {
            await foreach (var _ in Store.ListAsync(container, "", null, CancellationToken.None))
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>Answers what is in flight and ends.</summary>
    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
    }
}

/// <summary>What the server said.</summary>
public sealed record Answer(int Status, string Body, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public JsonElement Json { get; } = JsonDocument.Parse(Body.Length == 0 ? "{}" : Body).RootElement;

    public string? ContentType => ContentHeaders.ContentType?.MediaType;

    public string Text(string member) => Json.GetProperty(member).GetString()!;

    /// <summary>Accepted, duplicates, quarantined.</summary>
    public (int Accepted, int Duplicates, int Quarantined) Counts =>
        (Json.GetProperty("accepted").GetInt32(), Json.GetProperty("duplicates").GetInt32(), Json.GetProperty("quarantined").GetInt32());

    public IReadOnlyList<JsonElement> Results => [.. Json.GetProperty("results").EnumerateArray()];
}

/// <summary>One server for all tests of a class.</summary>
public class SharedIngestServer : IAsyncLifetime
{
    public IngestServer Server { get; protected set; } = null!; // xunit calls InitializeAsync before any test

    public virtual async Task InitializeAsync() => Server = await IngestServer.StartAsync();

    public virtual async Task DisposeAsync() => await Server.DisposeAsync();
}
