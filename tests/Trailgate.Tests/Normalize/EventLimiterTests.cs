using System.Security.Cryptography;
using System.Text;
using Trailgate.Normalize;
using static Trailgate.Tests.Normalize.Normalizing;

namespace Trailgate.Tests.Normalize;

public sealed class EventLimiterTests
{
    private const string Sentence = "Information about the action is not included for performance and size reasons.";

    private static string Long(int length) => new('x', length);

    [Fact]
    public void An_event_of_exactly_the_limit_is_not_touched()
    {
        var rest = NormalizeEvent("""{"action":"a.b.read","message":""}""").Line.Length;

        var result = NormalizeEvent("{\"action\":\"a.b.read\",\"message\":\"" + Long(16_384 - rest) + "\"}");
        var oneMore = NormalizeEvent("{\"action\":\"a.b.read\",\"message\":\"" + Long(16_385 - rest) + "\"}");

        Assert.Equal(16_384, result.Line.Length);
        Assert.Null(result.OverflowPath);
        Assert.NotNull(oneMore.OverflowPath);
    }

    [Fact]
    public void The_response_gives_way_first_and_alone_if_that_is_enough()
    {
        var result = NormalizeEvent("{\"action\":\"a.b.read\",\"requestData\":{\"a\":\"" + Long(9000) + "\"},\"responseData\":{\"b\":\"" + Long(9000) + "\"}}");

        Assert.Equal(Sentence, (string?)result["/responseData"]);
        Assert.Equal(9000, ((string?)result["/requestData/a"])!.Length);
        var limited = result["/trailgate/limited"]!.AsArray();
        Assert.Equal("responseData", (string?)limited.Single()!["field"]);
        Assert.Equal(9008, (int?)limited[0]!["bytes"]);
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("{\"b\":\"" + Long(9000) + "\"}"))),
            (string?)limited[0]!["sha256"]);
    }

    [Fact]
    public void Then_request_extensions_and_message_give_way_in_this_order()
    {
        var body = "{\"b\":\"" + Long(17_000) + "\"}";

        var result = NormalizeEvent($$"""{"action":"a.b.read","message":"{{Long(17_000)}}","zzz":{{body}},"requestData":{{body}},"responseData":{{body}} }""");

        Assert.Equal(["responseData", "requestData", "extensions", "message"], result["/trailgate/limited"]!.AsArray().Select(entry => (string?)entry!["field"]));
        Assert.Null(result["/extensions"]);
        Assert.StartsWith("xxxx", (string?)result["/message"], StringComparison.Ordinal);
        Assert.InRange(result.Line.Length, 15_000, 16_384);
    }

    [Fact]
    public void Then_the_longest_texts_are_cut_and_short_ones_are_kept()
    {
        var result = NormalizeEvent($$"""{"action":"a.b.read","initiator":{"id":"me","agent":"{{Long(20_000)}}"},"target":{"id":"{{Long(3000)}}"} }""");

        Assert.Equal("me", (string?)result["/initiator/id"]);
        Assert.Equal(3000, ((string?)result["/target/id"])!.Length);
        Assert.InRange(((string?)result["/initiator/agent"])!.Length, 11_000, 14_000);
        Assert.Equal("initiator", (string?)result["/trailgate/limited/0/field"]);
    }

    [Fact]
    public void In_the_end_who_what_when_where_outcome_and_reason_remain()
    {
        var many = string.Join(',', Enumerable.Range(0, 3000).Select(i => $"\"k{i}\":\"v{i}\""));
        var result = NormalizeEvent("{\"action\":\"a.b.delete\",\"outcome\":\"failure\",\"eventTime\":\"2026-01-02T03:04:05Z\"," +
            "\"logSourceCRN\":\"crn:v1:b:public:codeengine:eu-de:a/1:i::\",\"reason\":{\"reasonCode\":403,\"reasonForFailure\":\"no\"," + many + "}," +
            "\"initiator\":{\"id\":\"me\",\"host\":{\"address\":\"10.0.0.1\"}," + many + "},\"target\":{\"id\":\"it\",\"name\":\"n\"," + many + "}}");

        Assert.True(result.Line.Length <= 16_384);
        Assert.Equal("a.b.delete", (string?)result["/action"]);
        Assert.Equal("failure", (string?)result["/outcome"]);
        Assert.Equal("2026-01-02T03:04:05.000Z", (string?)result["/eventTime"]);
        Assert.Equal("""{"id":"me","host":{"address":"10.0.0.1"}}""", result["/initiator"]!.ToJsonString());
        Assert.Equal("""{"id":"it","name":"n"}""", result["/target"]!.ToJsonString());
        Assert.Equal("""{"reasonCode":403,"reasonForFailure":"no"}""", result["/reason"]!.ToJsonString());
        Assert.Equal("eu-de", (string?)result["/trailgate/region"]);
    }

    [Fact]
    public void The_overflow_holds_the_full_event_under_the_hash_of_its_bytes()
    {
        var result = NormalizeEvent("{\"action\":\"a.b.read\",\"responseData\":{\"password\":\"s3cr3t\",\"b\":\"" + Long(20_000) + "\"}}");

        var hash = Convert.ToHexStringLower(SHA256.HashData(result.Overflow));
        Assert.Equal($"overflow/{hash[..2]}/{hash}.json.gz", result.OverflowPath);
        Assert.Equal(result.OverflowPath, (string?)result["/trailgate/limited/0/overflow"]);
        var full = Encoding.UTF8.GetString(result.Overflow);
        Assert.StartsWith("{\"id\":\"" + result.Event.Id + "\"", full, StringComparison.Ordinal);
        Assert.Contains(Long(20_000), full, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", full, StringComparison.Ordinal);
        Assert.DoesNotContain("receivedAt", full, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("initiator", "trailgate.given.initiator")]
    [InlineData("severity", "trailgate.given.severity")]
    [InlineData("eventTime", "trailgate.given.eventTime")]
    public void What_is_only_given_names_the_whole_of_the_event_when_it_gives_way(string member, string field)
    {
        var result = NormalizeEvent("{\"action\":\"a.b.read\",\"" + member + "\":\"" + Long(20_000) + "\"}");

        var limited = Assert.Single(result["/trailgate/limited"]!.AsArray())!;
        Assert.Equal((field, 20_002, result.OverflowPath), ((string?)limited["field"], (int?)limited["bytes"], (string?)limited["overflow"]));
        Assert.Contains(Long(20_000), Encoding.UTF8.GetString(result.Overflow), StringComparison.Ordinal);
        Assert.InRange(((string?)result["/trailgate/given/" + member])!.Length, 200, 300);
    }

    [Fact]
    public void Long_pointers_name_the_whole_of_the_event_when_they_give_way()
    {
        var deep = string.Concat(Enumerable.Range(0, 16).Select(i => $"{{\"password\":\"p{i}\"}}{(i < 15 ? "," : "")}"));
        var result = NormalizeEvent("{\"action\":\"a.b.read\",\"target\":{\"" + Long(3000) + "\":[" + deep + "]}}");

        Assert.Equal(["trailgate.redacted"], result["/trailgate/limited"]!.AsArray().Select(entry => (string?)entry!["field"]));
        Assert.Equal(result.OverflowPath, (string?)result["/trailgate/limited/0/overflow"]);
    }

    [Fact]
    public void Limiting_does_not_change_the_id()
    {
        var json = "{\"action\":\"a.b.read\",\"responseData\":{\"b\":\"" + Long(20_000) + "\"}}";

        var content = "{\"action\":\"a.b.read\",\"responseData\":{\"b\":\"" + Long(20_000) + "\"}}";
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..32], NormalizeEvent(json).Event.Id.ToString());
    }

    [Fact]
    public void Texts_are_cut_between_characters_and_escapes()
    {
        var content = Encoding.UTF8.GetBytes("""aé\n\\\u0001😀z""");

        // a=1, é=3, \n=5, \\=7, \u0001=13, emoji=17, z=18
        var cuts = Enumerable.Range(0, 19).Select(max => JsonStrings.CutAt(content, max));

        Assert.Equal([0, 1, 1, 3, 3, 5, 5, 7, 7, 7, 7, 7, 7, 13, 13, 13, 13, 17, 18], cuts);
    }
}
