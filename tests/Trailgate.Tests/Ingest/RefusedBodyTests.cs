using System.Text.Json;
using Trailgate.Events;
using static Trailgate.Tests.Ingest.Bodies;

namespace Trailgate.Tests.Ingest;

/// <summary>
/// Every kind of bad input over real HTTP: its exact status, a sentence that helps, nothing of it repeated, nothing of it
/// left behind, and a server that goes on.
/// </summary>
public abstract class RefusedBodyTests(SharedIngestServer shared)
{
    private const string Secret = "{\"action\":\"a.b.read\",\"requestData\":{\"password\":\"" + BodyCase.Marker + "\"}}";
    private const int OverMaxBody = 16 * 1024 * 1024 + 1;
    private const int OverMaxInflated = 64 * 1024 * 1024 + 1;

    private static readonly BodyCase[] Cases =
    [
        new("empty body", () => "") { Status = 400, Problem = "empty-body", Says = "Send one JSON object" },
        new("empty body, chunked", () => "") { Chunked = true, Status = 400, Problem = "empty-body" },
        new("empty body of lines", () => "") { ContentType = "application/x-ndjson", Status = 400, Problem = "empty-body" },
        new("white space", () => " \r\n") { Status = 400, Problem = "empty-body" },
        new("white space as lines", () => "\n \r\n\n") { ContentType = "application/x-ndjson", Status = 400, Problem = "empty-body" },
        new("a byte order mark alone", () => "\uFEFF") { Status = 400, Problem = "empty-body" },
        new("gzip of nothing", () => EmptyMember) { Encoding = "gzip", Status = 400, Problem = "empty-body" },
        new("gzip of nothing, as lines", () => EmptyMember) { Encoding = "gzip", ContentType = "application/x-ndjson", Status = 400, Problem = "empty-body" },

        new("broken json", () => Secret + "\n{\"action\": oops}") { Status = 400, Problem = "not-json", Says = "line 2, byte 12|application/x-ndjson|nothing was kept" },
        new("broken json behind a bom", () => "\uFEFF{\"hunter2\" 5}") { Status = 400, Problem = "not-json", Says = "line 1, byte 15" },
        new("cut-off json", () => Secret[..^1]) { Status = 400, Problem = "not-json", Says = "line 1" },
        new("cut-off array", () => "[" + Secret) { Status = 400, Problem = "not-json" },
        new("trailing comma", () => "[" + Secret + ",]") { Status = 400, Problem = "not-json" },
        new("a comment", () => "/* hunter2 */ " + Secret) { Status = 400, Problem = "not-json", Says = "line 1, byte 1" },
        new("single quotes", () => "{'action':'hunter2'}") { Status = 400, Problem = "not-json", Says = "line 1, byte 2" },
        new("NaN", () => "{\"action\":\"a.b.hunter2\",\"x\":NaN}") { Status = 400, Problem = "not-json" },
        new("form data", () => "action=hunter2") { Status = 400, Problem = "not-json" },
        new("xml", () => "<event action=\"hunter2\"/>") { Status = 400, Problem = "not-json" },
        new("a nul between", () => Secret + "\0") { Status = 400, Problem = "not-json" },
        new("a nul in a text", () => "{\"action\":\"a.b.hunter2\0\"}") { Status = 400, Problem = "not-json" },
        new("a newline in a text", () => "{\"action\":\"a.b.hunter2\n\"}") { Status = 400, Problem = "not-json" },
        new("a million open brackets", () => new string('[', 1_000_000)) { Status = 400, Problem = "not-json" },
        new("invalid utf-8", () => [.. Utf8("{\"action\":\"hunter2"), 0xC3, 0x28, .. Utf8("\"}")]) { Status = 400, Problem = "not-utf-8", Says = "offset 18" },
        new("invalid utf-8 behind a bom", () => [.. Utf8("\uFEFF{\"action\":\"hunter2"), 0xFF, .. Utf8("\"}")]) { Status = 400, Problem = "not-utf-8", Says = "offset 21" },
        new("an overlong slash", () => [.. Utf8("{\"action\":\"hunter2"), 0xC0, 0xAF, .. Utf8("\"}")]) { Status = 400, Problem = "not-utf-8", Says = "offset 18" },
        new("an encoded surrogate", () => [.. Utf8("{\"action\":\"hunter2"), 0xED, 0xA0, 0x80, .. Utf8("\"}")]) { Status = 400, Problem = "not-utf-8", Says = "offset 18" },
        new("utf-16", () => [0xFF, 0xFE, .. System.Text.Encoding.Unicode.GetBytes(Secret)]) { Status = 400, Problem = "not-utf-8", Says = "offset 0" },

        new("no gzip at all", () => Secret) { Encoding = "gzip", Status = 400, Problem = "bad-gzip", Says = "does not begin like gzip" },
        new("a few bytes as gzip", () => [0x1F, 0x8B, 8]) { Encoding = "gzip", Status = 400, Problem = "bad-gzip" },
        new("gzip with garbage behind", () => [.. Gzip(Secret), .. "garbage"u8]) { Encoding = "gzip", Status = 400, Problem = "bad-gzip", Says = "cut off, or something follows it" },
        new("gzip with zeros behind", () => [.. Gzip(Secret), .. new byte[16]]) { Encoding = "gzip", Status = 400, Problem = "bad-gzip" },
        new("gzip with half a member behind", () => [.. Gzip(Secret), .. Gzip(Secret)[..20]]) { Encoding = "gzip", Status = 400, Problem = "bad-gzip" },
        new("gzip with a wrong sum", () => Flip(Gzip(Secret), ^8, 1)) { Encoding = "gzip", Status = 400, Problem = "bad-gzip", Says = "nothing was kept" },
        new("gzip with a wrong length", () => Flip(Gzip(Secret), ^4, 1)) { Encoding = "gzip", Status = 400, Problem = "bad-gzip" },
        new("gzip with flipped data", () => Flip(Gzip(Secret), 30, 0x10)) { Encoding = "gzip", Status = 400, Problem = "bad-gzip" },
        new("gzip in gzip", () => Gzip(Gzip(Secret))) { Encoding = "gzip", Status = 400, Problem = "not-utf-8" },

        new("bomb of zeros", () => Gzip(new byte[OverMaxInflated])) { Encoding = "gzip", Status = 413, Problem = "body-too-large", Says = "67108864|MaxInflatedBytes|Split" },
        new("bomb of valid json", () => Gzip(Padded(Event(), OverMaxInflated))) { Encoding = "gzip", Status = 413, Problem = "body-too-large", Says = "67108864" },
        new("300 KiB of gzipped {} lines", () => GzipRepeated("{}\n", (wire, _) => wire > 300 * 1024)) { Encoding = "gzip", ContentType = "application/x-ndjson", Status = 413, Problem = "too-many-events" },
        new("1 MiB of gzipped {} lines", () => GzipRepeated("{}\n", (_, inflated) => inflated > 1024 * 1024)) { Encoding = "gzip", ContentType = "application/x-ndjson", Status = 413, Problem = "too-many-events" },
        new("17 MiB", () => Padded(Secret, 17 * 1024 * 1024)) { Status = 413, Problem = "body-too-large", Says = "16777216|MaxBodyBytes|Split" },
        new("17 MiB, chunked", () => Padded(Secret, 17 * 1024 * 1024)) { Chunked = true, Status = 413, Problem = "body-too-large", Says = "16777216" },
        new("one byte too much", () => Padded(Secret, OverMaxBody)) { Status = 413, Problem = "body-too-large" },
        new("one byte too much, chunked", () => Padded(Secret, OverMaxBody)) { Chunked = true, Status = 413, Problem = "body-too-large" },
        new("10,001 events", () => Array(10_001)) { Status = 413, Problem = "too-many-events", Says = "10000|MaxEvents|nothing was kept" },
        new("10,001 lines", () => Lines(10_001)) { ContentType = "application/x-ndjson", Status = 413, Problem = "too-many-events" },
        new("10,000 lines and a broken one", () => Lines(10_000) + "{") { ContentType = "application/x-ndjson", Status = 413, Problem = "too-many-events" },
        new("10,000 events and a number", () => Lines(10_000) + "5") { Status = 413, Problem = "too-many-events" },

        .. from type in new[]
           {
               "text/xml", "application/xml", "application/x-www-form-urlencoded", "application/octet-stream", "multipart/form-data; boundary=x", "image/json",
               "json", "application/", "application/jsonp", "application/json, text/plain", "application/json; charset=iso-8859-1", "application/json; charset=utf-16",
               "application/x-ndjson; charset=latin1",
           }
           select new BodyCase("as " + type, () => Secret) { ContentType = type, Status = 415, Problem = "unsupported-type", Says = "application/json|application/x-ndjson|UTF-8" },
        .. from encoding in new[] { "br", "deflate", "zstd", "compress", "gzip, gzip", "gzip, br", "identity, gzip", "gzip;q=1", "utf-8" }
           select new BodyCase("encoded as " + encoding, () => Secret) { Encoding = encoding, Status = 415, Problem = "unsupported-encoding", Says = "once with gzip" },

        new("object without action", () => "{\"outcome\":\"hunter2\"}") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "action is missing" },
        new("empty object", () => "{}") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "action is missing" },
        new("action is null", () => "{\"action\":null}") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "action is missing" },
        new("action is a number", () => "{\"action\":7,\"x\":\"hunter2\"}") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "action is a number" },
        new("action is blank", () => "{\"action\":\" \",\"x\":\"hunter2\"}") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "action is empty" },
        new("a text", () => "\"hunter2\"") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "not an object" },
        new("null", () => "null") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "not an object" },
        new("an array in an array", () => "[[" + Secret + "]]") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "not an object" },
        new("10,000 lines without action", () => string.Concat(Enumerable.Repeat("{}\n", 10_000))) { ContentType = "application/x-ndjson", Status = 422, Problem = "no-event", Quarantined = 10_000, Says = "action is missing" },
        new("lines that are no json", () => "hunter2\n<x/>\n") { ContentType = "application/x-ndjson", Status = 422, Problem = "no-event", Quarantined = 2, Says = "not JSON at byte 1" },
        new("65 levels", () => "{\"action\":\"a.b.read\",\"x\":\"hunter2\",\"requestData\":" + Deep(64) + "}") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "deeper than 64" },
        new("1,000 levels", () => "{\"action\":\"a.b.read\",\"x\":\"hunter2\",\"requestData\":" + Deep(1000) + "}") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "deeper than 64" },
        new("1,000,000 levels", () => "{\"action\":\"a.b.read\",\"x\":\"hunter2\",\"requestData\":" + Deep(1_000_000) + "}") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "deeper than 64" },
        new("1,000,000 levels of array", () => Deep(1_000_001)) { Status = 422, Problem = "no-event", Quarantined = 1, Says = "not an object" },
        new("1,000,000 levels in a line", () => Deep(1_000_001)) { ContentType = "application/x-ndjson", Status = 422, Problem = "no-event", Quarantined = 1, Says = "not an object" },
        new("a member twice", () => "{\"action\":\"a.b.read\",\"target\":\"hunter2\",\"target\":5}") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "target|twice" },
        new("a nested member twice", () => "{\"action\":\"a.b.read\",\"target\":{\"id\":\"hunter2\",\"id\":5}}") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "id|twice" },
        new("a member twice, once escaped", () => "{\"action\":\"a.b.read\",\"\\u0061ction\":\"hunter2\"}") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "action|twice" },
        new("a nested member twice, once escaped", () => "{\"action\":\"a.b.read\",\"target\":{\"id\":\"hunter2\",\"\\u0069d\":5}}") { Status = 422, Problem = "no-event", Quarantined = 1, Says = "id|twice" },
    ];

    public static TheoryData<string> Names => [.. Cases.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_is_refused_with_its_status_and_a_helpful_sentence(string name)
    {
        var row = Cases.Single(row => row.Name == name);
        await shared.Server.TakeNewBatchesAsync();
        var before = await shared.Server.CountBlobsAsync();

        var answer = await shared.Server.PostAsync(row.Body(), row.ContentType, row.Encoding, row.Chunked);

        AssertProblem(answer, row);
        var batches = await shared.Server.TakeNewBatchesAsync();
        if (row.Quarantined == 0)
        {
            Assert.Equal(before, await shared.Server.CountBlobsAsync());
        }
        else
        {
            AssertQuarantined(answer, row, Assert.Single(batches));
        }

        Assert.Equal(202, (await shared.Server.PostAsync(Event())).Status);
    }

    [Fact]
    public async Task A_refused_encoding_says_which_one_is_taken()
    {
        var answer = await shared.Server.PostAsync(Utf8(Secret), encoding: "br");

        Assert.Equal(["gzip"], answer.Headers.GetValues("Accept-Encoding"));
    }

    [Theory]
    [InlineData("IBM", 404)]
    [InlineData("a_b", 404)]
    [InlineData("a.b", 404)]
    [InlineData("%20", 404)]
    [InlineData("a%2Fb", 404)]
    [InlineData("%C3%A4", 404)]
    [InlineData("abcdefghijabcdefghijabcdefghijabcdefghijk", 404)]
    public async Task A_bad_source_name_is_refused(string source, int status)
    {
        var before = await shared.Server.CountBlobsAsync();

        var answer = await shared.Server.PostAsync(Utf8(Event()), path: "/api/events/" + source);

        Assert.Equal((status, "urn:trailgate:problem:bad-source"), (answer.Status, answer.Text("type")));
        Assert.Contains("1 to 40 lower-case letters", answer.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(before, await shared.Server.CountBlobsAsync());
    }

    private static void AssertProblem(Answer answer, BodyCase row)
    {
        Assert.Equal((row.Status, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Equal(row.Status, answer.Json.GetProperty("status").GetInt32());
        Assert.Equal("urn:trailgate:problem:" + row.Problem, answer.Text("type"));
        Assert.NotEmpty(answer.Text("title"));
        Assert.EndsWith(".", answer.Text("detail"), StringComparison.Ordinal);
        Assert.DoesNotContain(BodyCase.Marker, answer.Body, StringComparison.Ordinal);
        if (row.Quarantined == 0)
        {
            Assert.All(row.Says.Split('|'), word => Assert.Contains(word, answer.Text("detail"), StringComparison.Ordinal));
        }
    }

    private static void AssertQuarantined(Answer answer, BodyCase row, Batch batch)
    {
        Assert.Equal((0, 0, row.Quarantined), answer.Counts);
        Assert.Contains("quarantine", answer.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(row.Quarantined, answer.Results.Count);
        Assert.All(answer.Results, result => Assert.Equal("quarantined", result.GetProperty("status").GetString()));
        var reason = answer.Results[0].GetProperty("reason").GetString();
        Assert.All(row.Says.Split('|'), word => Assert.Contains(word, reason, StringComparison.Ordinal));

        Assert.Equal(new Dictionary<Region, BatchCounts> { [Region.Unknown] = new(row.Quarantined, row.Quarantined) }, batch.Trailer.Regions);
        Assert.Equal(row.Quarantined, batch.Lines.Count(line => QuarantinedItem.TryReadRegion(line.Span, out _)));
        using var stored = JsonDocument.Parse(batch.Lines.First(), new JsonDocumentOptions { MaxDepth = 128 });
        Assert.Equal(reason, stored.RootElement.GetProperty("quarantined").GetProperty("reason").GetString());
    }

    private static string Deep(int levels) => new string('[', levels) + new string(']', levels);
}

/// <summary>Over the file store.</summary>
public sealed class RefusedBodyOnFilesTests(SharedIngestServer shared) : RefusedBodyTests(shared), IClassFixture<SharedIngestServer>;
