using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Archive;
using Trailgate.Query;
using Trailgate.Signing;
using Trailgate.Storage;
using static Trailgate.Tests.Query.QueryStore;

namespace Trailgate.Tests.Query;

/// <summary>Questions to two stores.</summary>
public sealed class SeveralStoresTests
{
    private readonly QueryStore _default = new();
    private readonly QueryStore _eu = new();
    private readonly StoreReaders _readers;

    public SeveralStoresTests() => _readers = new StoreReaders(
        [
            new StoreReader(new Store("default", _default.Blobs), NullLogger<InboxReader>.Instance),
            new StoreReader(new Store("eu", _eu.Blobs), NullLogger<InboxReader>.Instance),
        ],
        NullLogger<StoreReaders>.Instance);

    private EventsEndpoint Events => new(new EventSearch(_readers, NullLogger<EventSearch>.Instance), new EventLookup(_readers));

    [Fact]
    public async Task Events_of_all_stores_come_in_one_order_and_a_copy_in_two_stores_once()
    {
        await _default.BatchAsync(Event(1, "05:00:00"), Event(3, "05:02:00"));
        await _default.ArchiveAsync(Event(5, "05:04:00"));
        await _eu.BatchAsync(Event(2, "05:01:00", "eu-de"), Event(3, "05:02:00"));
        await _eu.ArchiveAsync(Event(4, "05:03:00", "eu-de"));

        var page = await new EventSearch(_readers, NullLogger<EventSearch>.Instance).FindAsync(new EventQuery { Limit = 4 }, default);

        Assert.Equal([5, 4, 3, 2], Numbers(page));
        Assert.True(page.More);
        Assert.Empty(page.Unavailable);
    }

    [Theory]
    [InlineData("", "application/json")]
    [InlineData("?format=ndjson", "application/x-ndjson")]
    public async Task A_store_that_is_away_is_named_in_the_answer_of_the_others(string query, string type)
    {
        await _default.BatchAsync(Event(1, "05:00:00"));
        await _eu.BatchAsync(Event(2, "05:01:00", "eu-de"));
        _eu.Blobs.Before = Away;

        var context = Context(query);
        await Events.HandleAsync(context);

        Assert.Equal((200, type), (context.Response.StatusCode, context.Response.ContentType));
        Assert.Equal("eu", context.Response.Headers["Trailgate-Unavailable"]);
        if (query.Length == 0)
        {
            Assert.StartsWith("{\"events\":[\n" + Event(1, "05:00:00") + "\n],\"more\":false,\"unavailable\":[\"eu\"],", Body(context), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task When_every_store_answers_none_is_called_unavailable()
    {
        await _default.BatchAsync(Event(1, "05:00:00"));

        var context = Context("");
        await Events.HandleAsync(context);

        Assert.False(context.Response.Headers.ContainsKey("Trailgate-Unavailable"));
        Assert.DoesNotContain("unavailable", Body(context), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_no_store_answers_there_is_no_answer()
    {
        _default.Blobs.Before = Away;
        _eu.Blobs.Before = Away;

        await Assert.ThrowsAsync<StorageException>(() => Events.HandleAsync(Context("")));
        await Assert.ThrowsAsync<StorageException>(() => new Stats(_readers, _default.Queue, _default.Time).ReadAsync(default));
    }

    [Fact]
    public async Task A_store_whose_ledger_is_damaged_is_named_and_hides_no_other()
    {
        await _default.BatchAsync(Event(1, "05:00:00"));
        await _eu.Blobs.PutAsync(ArchiveNames.Note(1), "no note"u8.ToArray(), default);

        var page = await new EventSearch(_readers, NullLogger<EventSearch>.Instance).FindAsync(new EventQuery(), default);

        Assert.Equal([1], Numbers(page));
        Assert.Equal(["eu"], page.Unavailable);
    }

    [Fact]
    public async Task A_damaged_part_is_named_with_its_store()
    {
        await _eu.ArchiveAsync(Event(1, "05:00:00"));
        var segment = _eu.Blobs.Blobs.Single(blob => blob.Key.Path.EndsWith(".gz", StringComparison.Ordinal)).Key;
        await _eu.Blobs.DeleteAsync(segment, default);

        var context = Context("");
        await Events.HandleAsync(context);

        Assert.StartsWith("{\"events\":[],\"more\":false,\"damaged\":[\"eu:" + segment + "\"],", Body(context), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_is_found_in_any_store_with_the_overflow_of_that_store()
    {
        const string Path = "overflow/ab/ab12.json.gz";
        await _eu.Blobs.PutAsync(new BlobName(Containers.Archive, Path), Gzip("{\"id\":\"whole\"}"), default);
        await _eu.ArchiveAsync(Event(1, "05:00:00", "eu-de", more: ",\"limited\":[{\"field\":\"message\",\"overflow\":\"" + Path + "\"}]"));

        var context = Context("?full=true");
        await Events.HandleOneAsync(context, Id(1));

        Assert.EndsWith(",\"overflow\":{\"id\":\"whole\"}}\n", Body(context), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_is_called_missing_only_when_every_store_says_so()
    {
        await _default.BatchAsync(Event(1, "05:00:00"));
        await _eu.BatchAsync(Event(2, "05:00:00"));

        Assert.Equal(404, await StatusOfAsync(3));
        _default.Blobs.Before = Away;
        Assert.Equal(200, await StatusOfAsync(2));
        await Assert.ThrowsAsync<StorageException>(() => StatusOfAsync(1));
        await Assert.ThrowsAsync<StorageException>(() => StatusOfAsync(3));
    }

    [Fact]
    public async Task The_counters_of_all_stores_are_added_and_each_store_shows_its_own_inbox_and_ledger()
    {
        await _default.ArchiveAsync(Event(1, "05:00:00"), Event(2, "05:00:00", "eu-de"));
        await _eu.ArchiveAsync(Event(3, "05:00:00", "eu-de"));
        await _eu.BatchAsync(Event(4, "05:00:00", "eu-de"));

        var seals = new NoteSeals(new Stores(new Store("default", _default.Blobs), new Store("eu", _eu.Blobs)), SigningKeys.None);
        var context = Context("");
        await new StatsEndpoint(new Stats(_readers, _default.Queue, _default.Time), seals).HandleAsync(context);

        var expected = """
            {"balanced":true,"settled":true,
             "total":{"received":4,"archived":3,"duplicate":0,"quarantined":0,"inFlight":1,"balanced":true},
             "regions":{"eu-de":{"received":3,"archived":2,"duplicate":0,"quarantined":0,"inFlight":1,"balanced":true},
              "us-south":{"received":1,"archived":1,"duplicate":0,"quarantined":0,"inFlight":0,"balanced":true}},
             "inbox":{"batches":1,"damaged":0,"oldestAgeSeconds":3600},
             "stores":{
              "default":{"inbox":{"batches":0,"damaged":0},"ledger":{"sequence":1,"time":"2026-11-22T06:00:00.000Z","signature":"unsigned","keys":[]}},
              "eu":{"inbox":{"batches":1,"damaged":0,"oldestAgeSeconds":3600},"ledger":{"sequence":1,"time":"2026-11-22T06:00:00.000Z","signature":"unsigned","keys":[]}}},
             "alerts":{"queued":0}}
            """;
        Assert.True(
            System.Text.Json.JsonElement.DeepEquals(
                System.Text.Json.JsonDocument.Parse(expected).RootElement, System.Text.Json.JsonDocument.Parse(Body(context)).RootElement),
            Body(context));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_a_store_is_away_nobody_says_that_the_counters_balance(bool defaultIsAway)
    {
        await _default.BatchAsync(Event(1, "05:00:00"));
        await _eu.BatchAsync(Event(2, "05:00:00", "eu-de"));
        (defaultIsAway ? _default : _eu).Blobs.Before = Away;

        var report = await new Stats(_readers, _default.Queue, _default.Time).ReadAsync(default);

        Assert.Equal([defaultIsAway ? "default" : "eu"], report.Unavailable);
        Assert.Equal(1, report.Total.Received);
        Assert.False(report.Balanced);
        Assert.Equal(defaultIsAway ? null : 0, report.QueuedAlerts);
    }

    [Fact]
    public async Task What_one_store_lost_and_the_other_gained_does_not_balance()
    {
        // A trailer that counts a line more than is there, and in the other store one that counts a line less.
        await _default.RawBatchAsync(Event(1, "05:00:00") + "\n" + """{"batch":{"schema":2,"lines":2,"merkleRoot":"","regions":{"us-south":{"received":2,"quarantined":0}}}}""" + "\n");
        await _eu.RawBatchAsync(Event(2, "05:00:00") + "\n" + Event(3, "05:00:00") + "\n" + """{"batch":{"schema":2,"lines":1,"merkleRoot":"","regions":{"us-south":{"received":1,"quarantined":0}}}}""" + "\n");

        var report = await new Stats(_readers, _default.Queue, _default.Time).ReadAsync(default);

        Assert.True(report.Total.Balanced);
        Assert.False(report.Balanced);
    }

    private static void Away(Trailgate.Tests.Storage.BlobCall call) => throw new StorageException("It is away.");

    private async Task<int> StatusOfAsync(int number)
    {
        var context = Context("");
        await Events.HandleOneAsync(context, Id(number));
        return context.Response.StatusCode;
    }

    private static DefaultHttpContext Context(string query)
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString(query);
        context.Response.Body = new MemoryStream();
        return context;
    }

    private static string Body(DefaultHttpContext context) => Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());

    private static byte[] Gzip(string text) => Trailgate.Tests.Ingest.Bodies.Gzip(text);
}
