using System.Globalization;
using System.Text;
using Trailgate.Events;
using static Trailgate.Tests.Ingest.Bodies;

namespace Trailgate.Tests.Ingest;

/// <summary>Every shape in which a body is taken, over real HTTP down to the file store.</summary>
public abstract class AcceptedBodyTests(SharedIngestServer shared)
{
    /// <summary>Valid JSON whose texts and names are no Unicode text; it matches both rules.</summary>
    private static string HalfPairs => $$$"""
        {"action":"a.b.delete","outcome":"failure","message":"\udbff","correlationId":"\udbff","id":"{{{Guid.NewGuid():N}}}","initiator":{"\ud800":1,"name":"\ud800","host":{"\ud801":2,"address":"\ud800"}},
         "target":{"\udc00":1,"name":"\udfff","id":"\udc00"},"reason":{"\ud800":1,"reasonCode":"\ud800","reasonForFailure":"\ud800"},"\udabc":{"\ud800":[]}}
        """;

    private const int MaxBody = 16 * 1024 * 1024;
    private const int MaxInflated = 64 * 1024 * 1024;

    private static readonly BodyCase[] Cases =
    [
        new("one object", () => Event()) { Accepted = 1 },
        new("object with white space around", () => " \r\n\t" + Event() + "\n\n ") { Accepted = 1 },
        new("array", () => Array(3)) { Accepted = 3 },
        new("empty array", () => "[]"),
        new("empty array in white space", () => " [ \n ] "),
        new("several arrays", () => Array(2) + "\n" + Array(1)) { Accepted = 3 },
        new("ndjson", () => Lines(3)) { ContentType = "application/x-ndjson", Accepted = 3 },
        new("ndjson without last newline", () => Lines(3).TrimEnd('\n')) { ContentType = "application/x-ndjson", Accepted = 3 },
        new("ndjson with crlf", () => Lines(3, "\r\n")) { ContentType = "application/x-ndjson", Accepted = 3 },
        new("ndjson with empty lines", () => "\n\r\n" + Lines(2, "\n\n \t\n")) { ContentType = "application/x-ndjson", Accepted = 2 },
        new("ndjson with an array on a line", () => Array(2) + "\n" + Event()) { ContentType = "application/x-ndjson", Accepted = 3 },
        new("ndjson with two values on a line", () => Event() + " " + Event()) { ContentType = "application/x-ndjson", Accepted = 2 },
        new("ndjson labelled as json", () => Lines(3)) { Accepted = 3 },
        new("ndjson labelled as json, crlf", () => Lines(3, "\r\n")) { Accepted = 3 },
        new("concatenated objects", () => Event() + Event() + Event()) { Accepted = 3 },
        new("byte order mark and object", () => "\uFEFF" + Event()) { Accepted = 1 },
        new("byte order mark and lines", () => "\uFEFF" + Lines(2)) { ContentType = "application/x-ndjson", Accepted = 2 },
        new("gzip", () => Gzip(Array(3))) { Encoding = "gzip", Accepted = 3 },
        new("gzip of a bom", () => Gzip("\uFEFF" + Event())) { Encoding = "gzip", Accepted = 1 },
        new("x-gzip", () => Gzip(Event())) { Encoding = "x-gzip", Accepted = 1 },
        new("GZIP in capitals", () => Gzip(Event())) { Encoding = "GZIP", Accepted = 1 },
        new("identity", () => Event()) { Encoding = "identity", Accepted = 1 },
        new("gzip of two members", () => [.. Gzip(Lines(2)), .. Gzip(Lines(1))]) { Encoding = "gzip", ContentType = "application/x-ndjson", Accepted = 3 },
        new("gzip members that cut an event in two", () => CutInTwo(Event())) { Encoding = "gzip", Accepted = 1 },
        new("gzip with an empty last member", () => [.. Gzip(Event()), .. EmptyMember]) { Encoding = "gzip", Accepted = 1 },
        new("gzip of stored blocks", () => Gzip(Utf8(Event()), System.IO.Compression.CompressionLevel.NoCompression)) { Encoding = "gzip", Accepted = 1 },
        new("chunked", () => Array(3)) { Chunked = true, Accepted = 3 },
        new("chunked gzip", () => Gzip(Array(3))) { Chunked = true, Encoding = "gzip", Accepted = 3 },
        new("as long as a body may be", () => Padded(Event(), MaxBody)) { Accepted = 1 },
        new("chunked, as long as a body may be", () => Padded(Event(), MaxBody)) { Chunked = true, Accepted = 1 },
        new("inflated, as long as it may be", () => Gzip(Padded(Event(), MaxInflated))) { Encoding = "gzip", Accepted = 1 },
        new("10,000 events", () => Array(10_000)) { Accepted = 10_000 },
        new("10,000 lines", () => Lines(10_000)) { ContentType = "application/x-ndjson", Accepted = 10_000 },
        new("an event twice", () => Twice(Event())) { Accepted = 1, Duplicates = 1 },
        new("an object without action among events", () => "[" + Event() + ",{\"outcome\":\"success\"}," + Event() + "]") { Accepted = 2, Quarantined = 1, Says = "action is missing" },
        new("a scalar among events", () => Event() + " 5 null \"x\"") { Accepted = 1, Quarantined = 3, Says = "not an object" },
        new("a broken line among events", () => Event() + "\n{\"action\":\n" + Event()) { ContentType = "application/x-ndjson", Accepted = 2, Quarantined = 1, Says = "line 2|not JSON|byte 11" },
        new("a line that goes on after its event", () => Event() + "}\n") { ContentType = "application/x-ndjson", Accepted = 1, Quarantined = 1, Says = "line 1|goes on" },
        new("a line that is not utf-8", () => [.. Utf8(Event() + "\n{\"action\":\""), 0xC3, 0x28, .. Utf8("\"}\n" + Event())]) { ContentType = "application/x-ndjson", Accepted = 2, Quarantined = 1, Says = "line 2|UTF-8|byte 12" },
        new("a nul in a line", () => Event() + "\n\0\n" + Event()) { ContentType = "application/x-ndjson", Accepted = 2, Quarantined = 1, Says = "line 2|byte 1" },
        new("an escaped nul", () => Event(more: """,  "message":"a\u0000b" """)) { Accepted = 1 },
        new("a lone surrogate", () => Event(more: """,  "message":"a\ud800b","requestData":{"\udc00":"\udbff\udbff"} """)) { Accepted = 1 },
        new("a lone surrogate in an unknown name", () => Event(more: ",\"\\ud83d\":1")) { Accepted = 1 },
        new("lone surrogates in all that an alert tells", () => HalfPairs) { Accepted = 1 },
        new("lone surrogates in an event that is limited", () => HalfPairs.Replace("\"name\":\"\\ud800\"", "\"name\":\"" + new string('x', 20_000) + "\"", StringComparison.Ordinal).Replace("[]", "\"" + new string('y', 20_000) + "\"", StringComparison.Ordinal)) { Accepted = 1 },
        new("numbers too large for any type", () => Event(more: ",\"reason\":{\"reasonCode\":1e999},\"requestData\":{\"a\":-1E+99999,\"b\":" + new string('9', 400) + "}")) { Accepted = 1 },
        new("an event time too large", () => """{"action":"a.b.read","eventTime":99999999999999999999}""") { Accepted = 1 },
        new("64 levels", () => Event(more: ",\"requestData\":" + new string('[', 63) + new string(']', 63))) { Accepted = 1 },
        new("an object of 16 KiB and more", () => Event(more: ",\"responseData\":{\"a\":\"" + new string('x', 20_000) + "\"}")) { Accepted = 1 },
        new("a member in another language", () => Event(more: ",\"message\":\"Zażółć gęślą jaźń 日本語 🙂\"")) { Accepted = 1 },
        .. from type in new[]
           {
               "application/json", "APPLICATION/JSON", "text/json", "application/cloudevents+json", "application/vnd.example+json", "application/x-ndjson",
               "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines", "text/plain",
           }
           from parameter in new[] { "", "; charset=utf-8", ";charset=\"UTF-8\"", "; charset=utf8", "; charset=us-ascii", "; profile=x" }
           select new BodyCase("as " + type + parameter, () => Event()) { ContentType = type + parameter, Accepted = 1 },
        new("without a type", () => Event()) { ContentType = null, Accepted = 1 },
    ];

    public static TheoryData<string> Names => [.. Cases.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_is_taken_and_all_of_it_is_durable(string name)
    {
        var row = Cases.Single(row => row.Name == name);
        await shared.Server.TakeNewBatchesAsync();

        var answer = await shared.Server.PostAsync(row.Body(), row.ContentType, row.Encoding, row.Chunked);

        Assert.Equal((202, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal((row.Accepted, row.Duplicates, row.Quarantined), answer.Counts);
        var reasons = answer.Results.Where(result => result.GetProperty("status").GetString() == "quarantined").Select(result => result.GetProperty("reason").GetString()!).ToList();
        Assert.Equal(row.Quarantined, reasons.Count);
        Assert.All(reasons, reason => Assert.All(row.Says.Split('|'), word => Assert.Contains(word, reason, StringComparison.Ordinal)));
        await AssertDurableAsync(row.Accepted + row.Duplicates, row.Quarantined);
    }

    [Fact]
    public async Task The_answer_names_each_item_by_its_place()
    {
        var known = Event(region: "us-south-2");
        await shared.Server.PostAsync(known);

        var answer = await shared.Server.PostAsync("[" + Event() + "," + known + ",{}]");

        Assert.Equal(
            ["0 accepted eu-de", "1 duplicate us-south", "2 quarantined action is missing"],
            answer.Results.Select(result => string.Join(
                ' ',
                result.GetProperty("index").GetInt32().ToString(CultureInfo.InvariantCulture),
                result.GetProperty("status").GetString(),
                (result.TryGetProperty("region", out var region) ? region : result.GetProperty("reason")).GetString())));
        Assert.All(answer.Results.Take(2), result => Assert.True(EventId.TryParse(result.GetProperty("id").GetString(), out _)));
    }

    [Fact]
    public async Task Up_to_1000_events_are_listed_and_above_that_only_what_was_not_plainly_accepted()
    {
        var events = Enumerable.Range(0, 1000).Select(_ => Event()).ToList();

        var first = await shared.Server.PostAsync("[" + string.Join(',', events) + "]");
        var second = await shared.Server.PostAsync("[{}," + Event() + "," + Event() + "," + string.Join(',', events.Take(998)) + "]");

        Assert.Equal(Enumerable.Range(0, 1000), first.Results.Select(result => result.GetProperty("index").GetInt32()));
        Assert.Equal((2, 998, 1), second.Counts);
        Assert.Equal(
            Enumerable.Range(0, 1001).Except([1, 2]),
            second.Results.Select(result => result.GetProperty("index").GetInt32()));
    }

    [Fact]
    public async Task The_stored_line_holds_what_was_sent_as_valid_json()
    {
        await shared.Server.TakeNewBatchesAsync();

        await shared.Server.PostAsync("""{"action":"a.b.read","message":"x\ud800y","requestData":{"big":1e999}}""");

        var batch = Assert.Single(await shared.Server.TakeNewBatchesAsync());
        var line = Encoding.UTF8.GetString(Assert.Single(batch.Lines).Span);
        Assert.Contains("\"message\":\"x\\ud800y\"", line, StringComparison.Ordinal);
        Assert.Contains("\"requestData\":{\"big\":1e999}", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("targetId=x")]
    [InlineData("correlationId=x")]
    [InlineData("outcome=failure&action=a.b.*")]
    public async Task Half_of_a_surrogate_pair_anywhere_does_no_harm_to_queries(string query)
    {
        Assert.Equal(202, (await shared.Server.PostAsync(HalfPairs)).Status);

        using var response = await shared.Server.Client.GetAsync(new Uri("/api/events?" + query, UriKind.Relative));

        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Counts_in_the_trailer_are_by_region()
    {
        await shared.Server.TakeNewBatchesAsync();

        await shared.Server.PostAsync("[" + Event(region: "eu-de") + "," + Event(region: "dal09") + "," + Event(region: "us-south-1") + ",{},7]");

        var trailer = Assert.Single(await shared.Server.TakeNewBatchesAsync()).Trailer;
        Assert.Equal(5, trailer.Lines);
        Assert.Equal(
            ["eu-de 1 0", "unknown 2 2", "us-south 2 0"],
            trailer.Regions.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value.Received} {pair.Value.Quarantined}")));
    }

    [Theory]
    [InlineData("ibm")]
    [InlineData("a")]
    [InlineData("code-engine-2")]
    [InlineData("abcdefghijabcdefghijabcdefghijabcdefghij")]
    public async Task A_source_is_kept_with_its_events(string source)
    {
        await shared.Server.TakeNewBatchesAsync();

        var answer = await shared.Server.PostAsync(Utf8("[" + Event() + ",{}]"), path: "/api/events/" + source);

        Assert.Equal(202, answer.Status);
        var batch = Assert.Single(await shared.Server.TakeNewBatchesAsync());
        Assert.All(batch.Lines, line => Assert.Contains($"\"source\":\"{source}\"", Encoding.UTF8.GetString(line.Span), StringComparison.Ordinal));
    }

    private async Task AssertDurableAsync(int events, int quarantined)
    {
        var batches = await shared.Server.TakeNewBatchesAsync();

        Assert.Equal(events + quarantined > 0 ? 1 : 0, batches.Count);
        var lines = batches.SelectMany(batch => batch.Lines).ToList();
        Assert.Equal(events, lines.Count(line => EventLine.TryRead(line.Span, out _)));
        Assert.Equal(quarantined, lines.Count(line => QuarantinedItem.TryReadRegion(line.Span, out _)));
        Assert.Equal(events + quarantined, batches.Sum(batch => batch.Trailer.Regions.Values.Sum(counts => counts.Received)));
        Assert.Equal(quarantined, batches.Sum(batch => batch.Trailer.Regions.Values.Sum(counts => counts.Quarantined)));
    }

    private static byte[] CutInTwo(string text) => [.. Gzip(text[..40]), .. Gzip(text[40..])];

    private static string Twice(string text) => text + "\n" + text;
}

/// <summary>Over the file store.</summary>
public sealed class AcceptedBodyOnFilesTests(SharedIngestServer shared) : AcceptedBodyTests(shared), IClassFixture<SharedIngestServer>;
