using System.Buffers.Text;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trailgate.Archive;
using Trailgate.Query;
using Trailgate.Storage;
using static Trailgate.Tests.Query.QueryStore;

namespace Trailgate.Tests.Query;

public class EndpointTests
{
    private readonly QueryStore _store = new();

    private EventsEndpoint Events => new(_store.Search, _store.Lookup);

    [Fact]
    public async Task The_answer_is_one_JSON_document_with_the_stored_events()
    {
        await _store.BatchAsync(Event(1, "05:00:00"), Event(2, "05:01:00"), Event(3, "05:02:00"));

        var answer = await QueryAsync("?limit=2");

        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.Type);
        var next = Base64Url.EncodeToString(Encoding.ASCII.GetBytes("2026-11-22T05:01:00.000Z/" + Id(2)));
        Assert.Equal("{\"events\":[\n" + Event(3, "05:02:00") + ",\n" + Event(2, "05:01:00") + "\n],\"more\":true,\"next\":\"" + next + "\"" + EndOf(answer.Headers), answer.Body);
        Assert.Equal(next, answer.Headers["Trailgate-Next"]);
    }

    [Fact]
    public async Task No_events_are_an_empty_list()
    {
        Assert.Equal("{\"events\":[],\"more\":false,\"read\":{\"blobs\":0,\"bytes\":0}}\n", (await QueryAsync("")).Body);
    }

    [Theory]
    [InlineData("", "application/x-ndjson", true)]
    [InlineData("", "application/x-ndjson; q=0.9, application/json; q=0.5", true)]
    [InlineData("", "application/jsonl", true)]
    [InlineData("", "application/json, application/x-ndjson;q=0.5", false)]
    [InlineData("", "application/x-ndjson;q=0", false)]
    [InlineData("", "*/*", false)]
    [InlineData("", "", false)]
    [InlineData("", "no; header,,/", false)]
    [InlineData("?format=ndjson", "application/json", true)]
    [InlineData("?format=json", "application/x-ndjson", false)]
    public async Task Lines_are_given_to_who_asks_for_them(string query, string accept, bool lines)
    {
        await _store.BatchAsync(Event(1, "05:00:00"), Event(2, "05:01:00"));

        var answer = await QueryAsync(query, accept);

        Assert.Equal(lines ? "application/x-ndjson" : "application/json", answer.Type);
        Assert.Equal(lines, answer.Body == Event(2, "05:01:00") + "\n" + Event(1, "05:00:00") + "\n");
        Assert.Equal("false", answer.Headers["Trailgate-More"]);
    }

    [Theory]
    [InlineData("?format=csv", "")]
    [InlineData("", "text/csv")]
    [InlineData("", "text/csv, application/json;q=0.5")]
    public async Task A_table_is_given_to_who_asks_for_it(string query, string accept)
    {
        await _store.BatchAsync(Event(1, "05:00:00", target: "a,b", correlation: "=1+1"));

        var answer = await QueryAsync(query, accept);

        Assert.Equal("text/csv; charset=utf-8", answer.Type);
        Assert.Equal(
            "eventTime,region,action,kind,outcome,severity,initiator.id,initiator.name,target.id,target.name,reason.reasonCode,reason.reasonForFailure,correlationId,message,id\r\n"
            + "2026-11-22T05:00:00.000Z,us-south,codeengine.job.read,read,success,normal,,,\"a,b\",x,,,'=1+1,," + Id(1) + "\r\n",
            answer.Body);
    }

    [Theory]
    [InlineData("say \\u0022hi\\u0022", "\"say \"\"hi\"\"\"")]
    [InlineData("two\\nlines", "\"two\nlines\"")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("-2", "'-2")]
    [InlineData("half \\uD800", "half \\uD800")]
    public async Task A_cell_is_a_text_and_never_a_formula(string stored, string cell)
    {
        await _store.BatchAsync(Event(1, "05:00:00", correlation: stored));

        Assert.Contains("," + cell + ",," + Id(1), (await QueryAsync("?format=csv")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?format=xml")]
    [InlineData("?format=json&format=ndjson")]
    [InlineData("?regoin=us-south")]
    [InlineData("?limit=0")]
    [InlineData("?cursor=abc")]
    public async Task A_bad_parameter_is_a_400_problem(string query)
    {
        var answer = await QueryAsync(query);

        Assert.Equal(400, answer.Status);
        Assert.Equal("application/problem+json", answer.Type);
        Assert.Contains("urn:trailgate:problem:bad-query", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_parts_are_named_in_the_document_and_counted_in_a_header()
    {
        await _store.ArchiveAsync(Event(1, "04:00:00"));
        var segment = _store.Blobs.Blobs.Single(blob => blob.Key.Path.EndsWith(".gz", StringComparison.Ordinal)).Key;
        await _store.Blobs.DeleteAsync(segment, default);

        var answer = await QueryAsync("");

        Assert.Equal("{\"events\":[],\"more\":false,\"damaged\":[\"" + segment + "\"]" + EndOf(answer.Headers), answer.Body);
        Assert.Equal("1", answer.Headers["Trailgate-Damaged"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_event_is_found_by_its_id_in_inbox_or_archive(bool archived)
    {
        string[] events = [Event(1, "04:00:00"), Event(2, "05:00:00"), Event(3, "06:00:00", "eu-de")];
        await (archived ? _store.ArchiveAsync(events) : _store.BatchAsync(events));

        var answer = await OneAsync(Id(2).ToUpperInvariant());

        Assert.Equal(200, answer.Status);
        Assert.Equal("{\"event\":" + events[1] + "}\n", answer.Body);
    }

    [Fact]
    public async Task Only_the_segment_that_holds_an_event_is_opened_once_the_indexes_are_there()
    {
        await _store.ArchiveAsync(Event(1, "04:00:00"), Event(2, "05:00:00"), Event(3, "06:00:00"));
        Assert.Equal(404, (await OneAsync(Id(4))).Status);

        var opened = await _store.OpenedAsync(Containers.Archive, async () => Assert.Equal(200, (await OneAsync(Id(1))).Status));

        Assert.Contains("/hour=04/", Assert.Single(opened), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_archived_copy_of_one_event_wins()
    {
        await _store.ArchiveAsync(Event(1, "05:00:00", more: ",\"sourceId\":\"archived\""));
        await _store.BatchAsync(Event(1, "05:00:00", more: ",\"sourceId\":\"waiting\""));

        Assert.Contains("archived", (await OneAsync(Id(1))).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_only_stands_somewhere_inside_an_event_is_not_its_id()
    {
        await _store.BatchAsync(Event(1, "05:00:00", correlation: Id(7), target: Id(7)));

        Assert.Equal(404, (await OneAsync(Id(7))).Status);
    }

    [Theory]
    [InlineData("00000000000000000000000000000001", "", 404)]
    [InlineData("1", "", 400)]
    [InlineData("zz000000000000000000000000000001", "", 400)]
    [InlineData("00000000000000000000000000000001", "?full=yes", 400)]
    [InlineData("00000000000000000000000000000001", "?ful=true", 400)]
    public async Task What_is_not_there_or_not_understood_is_a_problem(string id, string query, int status)
    {
        var answer = await OneAsync(id, query);

        Assert.Equal(status, answer.Status);
        Assert.Equal("application/problem+json", answer.Type);
    }

    [Fact]
    public async Task An_event_is_not_called_missing_while_a_part_of_the_archive_can_not_be_read()
    {
        await _store.ArchiveAsync(Event(1, "04:00:00"), Event(2, "05:00:00"));
        await _store.Blobs.DeleteAsync(_store.Blobs.Blobs.Single(blob => blob.Key.Path.Contains("hour=05", StringComparison.Ordinal)).Key, default);

        await Assert.ThrowsAsync<ArchiveDamagedException>(() => OneAsync(Id(2)));
        Assert.Equal(200, (await OneAsync(Id(1))).Status);
    }

    [Theory]
    [InlineData("?full=true", ",\"overflow\":{\"id\":\"whole\"}}")]
    [InlineData("?full=false", "}}")]
    [InlineData("", ",\"overflow\":{\"id\":\"whole\"}}")]
    public async Task The_whole_of_a_limited_event_comes_with_it_unless_it_is_not_wanted(string query, string end)
    {
        await LimitedAsync(Gzip("{\"id\":\"whole\"}"));

        Assert.EndsWith(end + "\n", (await OneAsync(Id(1), query)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_overflow_that_is_gone_is_null()
    {
        await LimitedAsync(stored: null);

        Assert.EndsWith(",\"overflow\":null}\n", (await OneAsync(Id(1), "?full=true")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_that_was_not_limited_has_no_overflow()
    {
        await _store.BatchAsync(Event(1, "05:00:00"));

        Assert.Equal("{\"event\":" + Event(1, "05:00:00") + "}\n", (await OneAsync(Id(1), "?full=true")).Body);
    }

    [Fact]
    public async Task A_cut_off_overflow_is_a_fault_and_not_half_an_answer()
    {
        var stored = Gzip("{\"id\":\"" + new string('x', 100_000) + "\"}");
        await LimitedAsync(stored[..^20]);

        await Assert.ThrowsAsync<ArchiveDamagedException>(() => OneAsync(Id(1), "?full=true"));
    }

    [Fact]
    public async Task Stats_are_written_with_all_their_counters()
    {
        await _store.ArchiveAsync(Event(1, "05:00:00"), Event(2, "05:00:00", "eu-de"));
        await _store.BatchAsync(Event(3, "05:00:00"));
        await _store.Queue.SendAsync("a"u8.ToArray(), TimeSpan.Zero, default);

        var context = Context("");
        await new StatsEndpoint(_store.Stats, _store.Seals).HandleAsync(context);
        using var document = JsonDocument.Parse(Read(context).Body);

        var expected = """
            {"balanced":true,"settled":true,
             "total":{"received":3,"archived":2,"duplicate":0,"quarantined":0,"inFlight":1,"balanced":true},
             "regions":{"eu-de":{"received":1,"archived":1,"duplicate":0,"quarantined":0,"inFlight":0,"balanced":true},
              "us-south":{"received":2,"archived":1,"duplicate":0,"quarantined":0,"inFlight":1,"balanced":true}},
             "inbox":{"batches":1,"damaged":0,"oldestAgeSeconds":3600},
             "stores":{"default":{"inbox":{"batches":1,"damaged":0,"oldestAgeSeconds":3600},
              "ledger":{"sequence":1,"time":"2026-11-22T06:00:00.000Z","signature":"unsigned","keys":[]}}},
             "alerts":{"queued":1}}
            """;
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, document.RootElement), Read(context).Body);
    }

    [Fact]
    public async Task An_answer_says_what_was_read_for_it()
    {
        var batch = await _store.BatchAsync(Event(1, "05:00:00"));
        var bytes = (await _store.Blobs.ReadAsync(batch, default))!.Bytes.Length;

        foreach (var format in (string[])["json", "ndjson", "csv"])
        {
            var answer = await QueryAsync($"?format={format}");

            Assert.Equal("1", answer.Headers["Trailgate-Read-Blobs"]);
            Assert.Equal(bytes.ToString(System.Globalization.CultureInfo.InvariantCulture), answer.Headers["Trailgate-Read-Bytes"]);
        }
    }

    [Fact]
    public async Task Facets_stand_in_the_document()
    {
        await _store.BatchAsync(Event(1, "05:00:10"), Event(2, "05:00:50", outcome: "failure"), Event(3, "05:01:00", "eu-de"));

        var answer = await QueryAsync("?facets=region,initiator,time&limit=0");

        using var document = JsonDocument.Parse(answer.Body);
        var expected = """
            {"region":{"values":[{"value":"us-south","count":2},{"value":"eu-de","count":1}],"other":0},
             "initiator":{"values":[],"other":3},
             "time":{"seconds":60,"buckets":[{"from":"2026-11-22T05:00:00Z","count":2,"failures":1},{"from":"2026-11-22T05:01:00Z","count":1,"failures":0}]}}
            """;
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, document.RootElement.GetProperty("facets")), answer.Body);
        Assert.Equal(0, document.RootElement.GetProperty("events").GetArrayLength());
    }

    private static string EndOf(IHeaderDictionary headers) =>
        $",\"read\":{{\"blobs\":{headers["Trailgate-Read-Blobs"]},\"bytes\":{headers["Trailgate-Read-Bytes"]}}}}}\n";

    private async Task LimitedAsync(byte[]? stored)
    {
        const string Path = "overflow/ab/ab12.json.gz";
        if (stored is not null)
        {
            await _store.Blobs.PutAsync(new BlobName(Containers.Archive, Path), stored, default);
        }

        await _store.BatchAsync(Event(1, "05:00:00",
            more: ",\"limited\":[{\"field\":\"message\",\"bySource\":true},{\"field\":\"responseData\",\"bytes\":20480,\"sha256\":\"ab12\",\"overflow\":\"" + Path + "\"}]"));
    }

    private static byte[] Gzip(string text)
    {
        using var stored = new MemoryStream();
        using (var gzip = new GZipStream(stored, CompressionLevel.NoCompression))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return stored.ToArray();
    }

    private async Task<Answer> QueryAsync(string query, string accept = "")
    {
        var context = Context(query);
        context.Request.Headers.Accept = accept;
        await Events.HandleAsync(context);
        return Read(context);
    }

    private async Task<Answer> OneAsync(string id, string query = "")
    {
        var context = Context(query);
        await Events.HandleOneAsync(context, id);
        return Read(context);
    }

    private static DefaultHttpContext Context(string query)
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString(query);
        context.Response.Body = new MemoryStream();
        return context;
    }

    private static Answer Read(DefaultHttpContext context) => new(
        context.Response.StatusCode, context.Response.ContentType, context.Response.Headers, Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray()));

    private sealed record Answer(int Status, string? Type, IHeaderDictionary Headers, string Body);
}
