using Microsoft.Extensions.DependencyInjection;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Hosting;
using Trailgate.Storage;
using Trailgate.Tests.Storage;

namespace Trailgate.Tests.Ingest;

/// <summary>Bodies for several stores, and what becomes of them while one store is away.</summary>
public sealed class SeveralStoresTests : IAsyncLifetime
{
    private readonly MemoryBlobStore _default = new();
    private readonly MemoryBlobStore _eu = new();
    private IngestServer _server = null!; // xunit calls InitializeAsync before any test

    public async Task InitializeAsync() => _server = await IngestServer.StartAsync(
        services => services
            .AddSingleton<OpenStore>((name, _) => name == "eu" ? _eu : _default)
            .AddSingleton<IMessageQueue>(new MemoryMessageQueue(TimeProvider.System)),
        ("Trailgate:Stores:eu:Data", "./eu"),
        ("Trailgate:Regions:eu-de", "eu"),
        ("Trailgate:Alerts:Channels:hook:Type", "webhook"),
        ("Trailgate:Alerts:Channels:hook:Secret", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"),
        ("Trailgate:Alerts:Channels:hook:Url", "https://alerts.example.com/"));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_body_for_two_stores_becomes_a_batch_in_each_and_one_answer_in_its_order()
    {
        var answer = await _server.PostAsync($"[{Bodies.Event(region: "eu-de")},{Bodies.Event(region: "us-south")},{{}},{Bodies.Event(region: "eu-de")}]");

        Assert.Equal((3, 0, 1), answer.Counts);
        Assert.Equal(
            ["eu-de", "us-south", null, "eu-de"],
            answer.Results.Select(result => result.TryGetProperty("region", out var region) ? region.GetString() : null));
        Assert.Equal(("eu-de 2/0", 2), Describe(Assert.Single(Batches(_eu))));
        Assert.Equal(("unknown 1/1, us-south 1/0", 2), Describe(Assert.Single(Batches(_default))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_for_a_store_that_is_away_is_answered_503_and_a_resend_doubles_nothing(bool euIsAway)
    {
        var away = euIsAway ? _eu : _default;
        var body = $"[{Bodies.Event("delete", "eu-de")},{Bodies.Event(region: "us-south")},{Bodies.Event("delete", "us-south")},{Bodies.Event(region: "eu-de")}]";
        away.Before = _ => throw new StorageException("It is away.");

        var refused = await _server.PostAsync(body);
        var again = await _server.PostAsync(body);

        Assert.Equal((503, 503), (refused.Status, again.Status));
        Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Empty(away.Blobs);

        away.Before = null;
        Assert.Equal(202, (await _server.PostAsync(body)).Status);
        var done = await _server.Services.GetRequiredService<Archiver>().RunAsync(CancellationToken.None);

        // Three times in the store that was there, once in the other; archived once.
        Assert.Equal(new ArchiveCounts(8, 4, 4, 0), done.Counts);
    }

    [Fact]
    public async Task While_a_store_is_away_what_is_kept_elsewhere_goes_on()
    {
        _eu.Before = _ => throw new StorageException("It is away.");

        Assert.Equal(503, (await _server.PostAsync(Bodies.Event(region: "eu-de"))).Status);
        Assert.Equal(202, (await _server.PostAsync(Bodies.Event(region: "us-south"))).Status);
    }

    [Fact]
    public async Task A_store_that_takes_its_time_holds_up_no_other()
    {
        using var arrived = new SemaphoreSlim(0);
        using var open = new ManualResetEventSlim();
        _eu.Before = call =>
        {
            if (call.Operation == BlobOperation.Put)
            {
                arrived.Release();
                open.Wait();
            }
        };
        var slow = _server.PostAsync(Bodies.Event(region: "eu-de"));
        await arrived.WaitAsync();

        Assert.Equal(202, (await _server.PostAsync(Bodies.Event(region: "us-south"))).Status);
        Assert.False(slow.IsCompleted);

        open.Set();
        Assert.Equal(202, (await slow).Status);
    }

    [Fact]
    public async Task The_alerts_of_an_event_wait_in_its_store_and_the_message_names_it()
    {
        await _server.PostAsync(Bodies.Event("delete", "eu-de"));

        var matches = Assert.Single(_eu.Blobs, blob => blob.Key.Path.StartsWith("matches/", StringComparison.Ordinal)).Key;
        Assert.DoesNotContain(_default.Blobs, blob => blob.Key.Container == Containers.Alerts);
        var queue = (MemoryMessageQueue)_server.Services.GetRequiredService<IMessageQueue>();
        Assert.Equal(
            $$"""{"schema":"trailgate.alert-delivery","version":1,"store":"eu","blob":"{{matches.Path}}"}""",
            System.Text.Encoding.UTF8.GetString(Assert.Single(queue.Bodies).Span));
    }

    [Theory]
    [InlineData(false, false, 200, "ready")]
    [InlineData(true, false, 200, "degraded")]
    [InlineData(false, true, 200, "degraded")]
    [InlineData(true, true, 503, null)]
    public async Task Readiness_asks_every_store_and_fails_when_none_answers(bool defaultAway, bool euAway, int status, string? text)
    {
        _default.Before = call => _ = defaultAway ? throw new StorageException("It is away.") : 0;
        _eu.Before = call => _ = euAway ? throw new StorageException("It is away.") : 0;

        using var response = await _server.Client.GetAsync(new Uri("/health/ready", UriKind.Relative));

        Assert.Equal(status, (int)response.StatusCode);
        if (text is not null)
        {
            Assert.Equal($$"""{"status":"{{text}}"}""", await response.Content.ReadAsStringAsync());
        }
    }

    private static IEnumerable<Batch> Batches(MemoryBlobStore store) => store.Blobs
        .Where(blob => blob.Key.Container == Containers.Inbox && blob.Key.Path.StartsWith(BatchName.Prefix, StringComparison.Ordinal))
        .Select(blob => Batch.Read(blob.Value, out var damage) ?? throw new InvalidDataException(damage));

    private static (string Regions, int Lines) Describe(Batch batch) => (
        string.Join(", ", batch.Trailer.Regions.Select(region => $"{region.Key} {region.Value.Received}/{region.Value.Quarantined}")),
        batch.Lines.Count());
}
