using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trailgate.Ingest.Envelopes;
using Trailgate.Tests.Support;
using static Trailgate.Tests.Ingest.Envelopes.Opening;

namespace Trailgate.Tests.Ingest.Envelopes;

public sealed class CloudEventTests
{
    private const string Structured = "application/cloudevents+json; charset=utf-8";
    private const string Batch = "application/cloudevents-batch+json";

    private static string Around(string members) => "{\"specversion\":\"1.0\",\"id\":\"B234\",\"source\":\"/mycontext/4\",\"type\":\"com.example.t\"" + members + "}";

    private static HeaderDictionary Headers(params (string Name, string Value)[] more)
    {
        var headers = new HeaderDictionary { ["ce-specversion"] = "1.0", ["ce-id"] = "C234", ["ce-source"] = "/mycontext", ["ce-type"] = "com.example.t" };
        foreach (var (name, value) in more)
        {
            headers[name] = value;
        }

        return headers;
    }

    [Fact]
    public void What_the_cloudevent_alone_knows_is_kept()
    {
        var item = OpenEvent(Around(",\"time\":\"2018-04-05T17:31:00Z\",\"subject\":null,\"ext\":5,\"data\":" + Event), Structured);

        Assert.Equal("""{"type":"cloudevents","id":"B234","source":"/mycontext/4","time":"2018-04-05T17:31:00Z","eventType":"com.example.t","other":{"ext":5}}""", item.Envelope!.ToJsonString());
    }

    [Fact]
    public void A_batch_is_as_many_events_as_it_has()
    {
        var items = Open($"[{Around(",\"data\":" + Event)},{Around(",\"data\":[" + Event + "," + Event + "]")}]", Batch);

        Assert.Equal([BareId, BareId, BareId], items.Select(item => item.Id));
        Assert.Empty(Open("[]", Batch));
    }

    [Theory]
    [InlineData("", "it holds no data")]
    [InlineData(",\"data\":null", "it holds no data")]
    [InlineData(",\"data\":7", "its data is neither an object nor a list")]
    [InlineData(",\"data\":[]", "it holds no event")]
    [InlineData(",\"data\":\"{\\\"action\\\":\\\"a.b.read\\\"}\"", "its data is a text, which the CloudEvents specification forbids to read as JSON again")]
    [InlineData(",\"data\":{\"action\":\"a\"},\"data_base64\":\"AA==\"", "it has both data and data_base64")]
    [InlineData(",\"data_base64\":\"no base64!\"", "its data_base64 is not Base64")]
    [InlineData(",\"data_base64\":\"/////w==\"", "its data is not JSON")]
    public void Without_an_event_as_its_data_it_is_quarantined(string members, string reason) =>
        Assert.Equal("in cloudevents: " + reason, OpenQuarantined(Around(members)).Reason);

    [Fact]
    public void Text_data_of_another_type_is_the_text_itself()
    {
        Assert.Equal(BareId, OpenEvent(Around(",\"datacontenttype\":\"text/plain\",\"data\":" + Quote(Event))).Id);
    }

    [Theory]
    [InlineData("""{"id":"1","source":"/s","type":"t","data":{}}""", "the attribute 'specversion' is missing or no text")]
    [InlineData("""{"specversion":"1.0","source":"/s","type":"t","data":{}}""", "the attribute 'id' is missing or no text")]
    [InlineData("""{"specversion":"1.0","id":"","source":"/s","type":"t","data":{}}""", "the attribute 'id' is missing or no text")]
    [InlineData("""{"specversion":"0.3","id":"1","source":"/s","type":"t","data":{}}""", "its specversion is not 1.0")]
    public void What_is_announced_as_a_cloudevent_must_be_one(string json, string reason) =>
        Assert.Equal("in cloudevents: " + reason, OpenQuarantined(json, Structured).Reason);

    [Fact]
    public void One_and_many_are_not_mixed_up()
    {
        Assert.Contains("is an array", OpenQuarantined($"[{Around(",\"data\":" + Event)}]", Structured).Reason, StringComparison.Ordinal);
        Assert.Contains("is no array", OpenQuarantined(Around(",\"data\":" + Event), Batch).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bare_event_that_is_announced_as_a_cloudevent_is_an_event() => Assert.Equal(BareId, OpenEvent(Event, Structured).Id);

    [Theory]
    [InlineData("""{"action":"a.b.read","specversion":"1.0","id":"1","source":"/s","type":"t"}""")]
    [InlineData("""{"action":"a.b.read","specversion":"1.0","data":{"action":"c.d.delete"}}""")]
    [InlineData("""{"action":"a.b.read","id":"1","source":"/s","type":"t","data":{"action":"c.d.delete"}}""")]
    public void An_event_with_some_of_these_members_stays_an_ordinary_event(string json)
    {
        var item = OpenEvent(json);

        Assert.Equal("a.b.read", item["/action"]);
        Assert.Null(item.Envelope);
    }

    [Fact]
    public void Headers_tell_what_the_envelope_knows()
    {
        var headers = Headers(("ce-time", "2018-04-05T17:31:00Z"), ("ce-ext", "Euro%20%E2%82%AC%20%F0%9F%98%80"), ("CE-Region", "eu-de"));

        var item = OpenEvent("""{"action":"a.b.read"}""", headers: headers);

        Assert.Equal("cloudevents", item["/trailgate/envelope/type"]);
        Assert.Equal("C234", item["/trailgate/envelope/id"]);
        Assert.Equal("/mycontext", item["/trailgate/envelope/source"]);
        Assert.Equal("2018-04-05T17:31:00Z", item["/trailgate/envelope/time"]);
        Assert.Equal("com.example.t", item["/trailgate/envelope/eventType"]);
        Assert.Equal("Euro € 😀", item["/trailgate/envelope/other/ext"]);
        Assert.Equal("eu-de", item["/trailgate/region"]);
    }

    [Theory]
    [InlineData("ce-id", "", "the header 'ce-id' is missing, empty or stands twice")]
    [InlineData("ce-specversion", "0.3", "its specversion is not 1.0")]
    [InlineData("ce-source", "%C0%A0", "the header 'ce-source' is no percent-encoded UTF-8")]
    [InlineData("ce-subject", "50%", "the header of an extension is no percent-encoded UTF-8")]
    public void Headers_that_make_no_cloudevent_keep_the_body_with_the_reason(string name, string value, string reason)
    {
        var item = OpenQuarantined(Event, headers: Headers((name, value)));

        Assert.Equal("in cloudevents: " + reason, item.Reason);
        Assert.Equal("codeengine.application.delete", (string?)item.Content!["action"]);
        Assert.Equal("cloudevents", (string?)item.Envelope!["type"]);
    }

    [Fact]
    public void Headers_that_make_no_cloudevent_leave_the_envelope_in_the_body_closed() =>
        Assert.Contains("its specversion", OpenQuarantined("{\"payload\":" + Event + "}", headers: Headers(("ce-specversion", "2.0"))).Reason, StringComparison.Ordinal);

    [Fact]
    public void One_such_header_alone_makes_no_cloudevent() =>
        Assert.Null(OpenEvent(Event, headers: new HeaderDictionary { ["ce-id"] = "1" }).Envelope);

    [Fact]
    public void Envelope_facts_are_redacted_and_bounded()
    {
        var token = "ghp_" + new string('a', 36);
        var many = string.Concat(Enumerable.Range(0, 50).Select(i => $",\"ext{i}\":\"{new string('y', 300)}\""));
        var item = OpenEvent(Around($",\"subject\":\"see {token}\",\"password\":\"hunter2\"{many},\"data\":" + Event));

        Assert.DoesNotContain(token, item.Line, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", item.Line, StringComparison.Ordinal);
        Assert.Equal(BareId, item.Id);
        Assert.True(item.Envelope!.ToJsonString().Length < 1500);
        Assert.True((int)item.Envelope!["omitted"]! > 40);
    }

    [Fact]
    public void An_event_at_its_limit_stays_within_it_in_four_full_envelopes()
    {
        var big = "{\"action\":\"a.b.read\",\"requestData\":{\"x\":\"" + new string('r', 16_000) + "\"},\"initiator\":{\"id\":\"" + new string('i', 9_000) + "\"},\"target\":{\"id\":\"" + new string('t', 9_000) + "\"}}";
        var many = string.Concat(Enumerable.Range(0, 50).Select(i => $",\"ext{i}\":\"{new string('y', 300)}\""));
        var wrapped = Enumerable.Range(0, 4).Aggregate(big, (json, _) => Around(many + ",\"data\":" + json));

        var item = OpenEvent(wrapped);

        Assert.True(Encoding.UTF8.GetByteCount(item.Line) <= 16_384);
        Assert.Equal(OpenEvent(big).Id, item.Id);
        Assert.Equal(OpenEvent(big)["/trailgate/limited/0/overflow"], item["/trailgate/limited/0/overflow"]);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀")]
    [InlineData("Euro%20%e2%82%ac", "Euro €")]
    [InlineData("%41%42", "AB")]
    [InlineData("%2541", "%41")]
    [InlineData("\"quoted value\"", "quoted value")]
    [InlineData("\"a\\\"b\"", "a\"b")]
    [InlineData("\"a\\%41\"", "aA")]
    [InlineData("%C0%A0", null)]
    [InlineData("%4", null)]
    [InlineData("é", null)]
    public void Header_values_are_unquoted_then_decoded_once(string header, string? value)
    {
        Assert.Equal(value is not null, HeaderText.TryDecode(header, out var text));
        Assert.Equal(value, value is null ? null : Encoding.UTF8.GetString(text));
    }

    [Fact]
    public void The_shared_vectors_hold()
    {
        if (SharedVectors.Find("cloudevents-http.json") is not { } path)
        {
            return; // A clone alone: the tables above have the same rules.
        }

        using var vectors = JsonDocument.Parse(File.ReadAllBytes(path));

        foreach (var vector in vectors.RootElement.GetProperty("headerDecode").EnumerateArray())
        {
            var header = vector.GetProperty("header").GetString()!; // the vectors have all members
            var ok = HeaderText.TryDecode(header, out var text);
            Assert.True(ok == (vector.GetProperty("expect").GetString() == "ok"), header);
            Assert.True(!ok || vector.GetProperty("value").GetString() == Encoding.UTF8.GetString(text), header);
        }

        foreach (var mode in new[] { "structured", "batched", "binary" })
        {
            foreach (var vector in vectors.RootElement.GetProperty(mode).EnumerateArray())
            {
                CheckVector(vector, mode);
            }
        }
    }

    // The data of the vectors is no audit event: the reason tells whether the envelope was taken for whole.
    private static void CheckVector(JsonElement vector, string mode)
    {
        var headers = new HeaderDictionary();
        if (vector.TryGetProperty("headers", out var given))
        {
            foreach (var header in given.EnumerateObject())
            {
                headers[header.Name] = header.Value.GetString();
            }
        }

        var contentType = mode == "binary" ? "application/json" : vector.GetProperty("contentType").GetString()!; // given for these modes
        var items = Open(vector.GetProperty("body").GetString()!, contentType, headers); // the vectors have all members
        var isWhole = items.All(item => item.Reason is "in cloudevents: action is missing" or "in cloudevents: it holds no data"
            || item.Reason!.Contains("forbids to read", StringComparison.Ordinal)); // data that is a text is a right CloudEvent and no event
        Assert.True(isWhole == (vector.GetProperty("expect").GetString() == "ok"), vector.GetProperty("name").GetString() + ": " + string.Join("; ", items.Select(item => item.Reason)));
        Assert.True(!vector.TryGetProperty("count", out var count) || count.GetInt32() == items.Count);
    }
}
