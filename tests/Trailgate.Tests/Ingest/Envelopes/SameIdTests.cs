using System.Text;
using FsCheck;
using Microsoft.AspNetCore.Http;
using static Trailgate.Tests.Ingest.Envelopes.Opening;
using Random = System.Random;

namespace Trailgate.Tests.Ingest.Envelopes;

/// <summary>A redelivery is the same event, whatever it is wrapped in.</summary>
public sealed class SameIdTests
{
    /// <summary>Each envelope that holds an event as it is, around a raw event.</summary>
    private static readonly Dictionary<string, Func<string, string>> Wrappers = new()
    {
        ["cloudevents"] = json => $$$"""{"specversion":"1.0","id":"ce-1","source":"/s","type":"t","time":"2026-11-22T05:54:01Z","subject":null,"ext":5,"data":{{{json}}}}""",
        ["cloudevents with data_base64"] = json => $$$"""{"specversion":"1.0","id":"ce-1","source":"/s","type":"t","data_base64":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(json))}}}"}""",
        ["event-grid"] = json => $$$"""{"id":"eg-1","topic":"/subscriptions/x","subject":"s","eventType":"Some.Event","eventTime":"2026-11-22T05:54:01Z","data":{{{json}}},"dataVersion":"2","metadataVersion":"1"}""",
        ["oslo"] = json => $$$"""{"priority":"INFO","event_type":"audit.http.request","timestamp":"2015-12-11 00:44:26.412076","publisher_id":"uwsgi","payload":{{{json}}},"message_id":"m-1"}""",
        ["oslo-message"] = json => $$$"""{"oslo.version":"2.0","oslo.message":{{{Quote(json)}}}}""",
        ["payload"] = json => $$$"""{"meta":{"serviceProviderRegion":"ng"},"payload":{{{json}}}}""",
        ["log-line"] = json => $$$"""{"Time":"2026-03-19T06:27:45.396909981Z","line":{{{json}}},"Hostname":"h"}""",
        ["log-line with a text"] = json => $$$"""{"line":{{{Quote(json)}}},"level":"INFO","env":"production","app":"/var/log/at/helloAT.log"}""",
        ["log-lines"] = json => $$$"""{"lines":[{"line":{{{Quote(json)}}},"level":"INFO","env":"production"}]}""",
        ["log-source"] = json => $$$"""{"_source":{"_host":"h","_line":{{{Quote(json)}}}}}""",
        ["cloud-logs-alert"] = json => $$$"""{"alert_definition":{"id":"a-1","name":"deletes"},"log_example":{{{json}}},"log_example_truncated":false,"status":"triggered"}""",
        ["events"] = json => $$$"""{"next":"http://x/","events":[{{{json}}}],"total":1}""",
        ["records"] = json => $$$"""{"records":[{{{json}}}]}""",
        ["value"] = json => $$$"""{"value":[{{{json}}}]}""",
        ["logs"] = json => $$$"""{"logs":[{{{json}}}]}""",
        ["items"] = json => $$$"""{"items":[{{{json}}}]}""",
    };

    public static TheoryData<string> WrapperNames => [.. Wrappers.Keys];

    [Theory]
    [MemberData(nameof(WrapperNames))]
    public void An_event_has_the_same_id_bare_and_wrapped_and_the_wrapper_is_named(string wrapper)
    {
        var item = OpenEvent(Wrappers[wrapper](Event));

        Assert.Equal(BareId, item.Id);
        Assert.StartsWith((string)item.Envelope!["type"]!, wrapper, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WrapperNames))]
    public void What_an_event_says_does_not_change_in_an_envelope(string wrapper)
    {
        var bare = OpenEvent(Event).Json.AsObject();
        var wrapped = OpenEvent(Wrappers[wrapper](Event)).Json.AsObject();

        foreach (var members in new[] { bare, wrapped })
        {
            members["trailgate"]!.AsObject().Remove("envelope");
        }

        Assert.Equal(bare.ToJsonString(), wrapped.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(WrapperNames))]
    public void What_is_no_event_is_kept_whole_with_its_envelope_and_a_reason(string wrapper)
    {
        var item = OpenQuarantined(Wrappers[wrapper]("""{"kept":"this"}"""));

        Assert.StartsWith("in ", item.Reason, StringComparison.Ordinal);
        Assert.EndsWith(": action is missing", item.Reason, StringComparison.Ordinal);
        Assert.Contains("kept", item.Line.Replace("eyJrZXB0", "kept", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WrapperNames))]
    public void Four_envelopes_are_opened_and_a_fifth_is_not(string wrapper)
    {
        static string Around(string json, int times) => times == 0 ? json : Wrappers["event-grid"](Around(json, times - 1));
        // Mezmo's _line below _source is two envelopes.
        var own = wrapper == "log-source" ? 2 : 1;

        Assert.Equal(BareId, OpenEvent(Around(Wrappers[wrapper](Event), 4 - own)).Id);
        var fifth = OpenQuarantined(Around(Wrappers[wrapper](Event), 5 - own));
        Assert.EndsWith(": envelopes are nested more than 4 deep", fifth.Reason, StringComparison.Ordinal);
        Assert.Contains("codeengine.application.delete", Decoded(fifth.Line), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flattened_event_has_the_id_of_the_event_with_its_objects()
    {
        var flat = """{"id":"own-1","eventTime":"2026-11-22T05:54:00.120Z","initiator.id":"IBMid-1","target.id":"crn:v1:bluemix:public:codeengine:us-south:a/1:p::","action":"codeengine.application.delete","outcome":"success"}""";

        Assert.Equal(BareId, OpenEvent(flat).Id);
    }

    [Fact]
    public void An_event_out_of_an_index_has_its_id()
    {
        Assert.Equal(BareId, OpenEvent($$"""{"_id":"17","_source":{"_host":"h","_ts":1584000000000,{{Event[1..]}}}""").Id);
    }

    [Fact]
    public void A_document_of_an_index_without_an_event_is_kept_whole()
    {
        var item = OpenQuarantined("""{"_id":"17","_source":{"action":"a.b.read","message":"kept"}}""");

        Assert.Equal("action is missing", item.Reason);
        Assert.Contains("kept", item.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_out_of_an_index_that_marks_its_objects_has_the_id_of_the_event_without_the_marks()
    {
        const string Raw = """{"action":"codeengine.application.update","outcome":"success","initiator":{"id":"i","credential":{"type":"token"}},"target":{"name":"t"},"requestData":{"o_s":"no object","list":[{"spec":{"a":1}}]}}""";
        const string Marked = """{"_id":"17","_source":{"_app":"audit","action":"codeengine.application.update","outcome":"success","o_initiator":{"id":"i","o_credential":{"type":"token"}},"o_target":{"name":"t"},"o_requestData":{"o_s":"no object","list":[{"o_spec":{"a":1}}]}}}""";

        var item = OpenEvent(Marked);

        Assert.Equal(OpenEvent(Raw).Id, item.Id);
        Assert.Equal("t", item["/target/name"]);
        Assert.Equal("17", (string?)item.Envelope!["id"]);
        Assert.Equal("audit", (string?)item.Envelope["other"]!["_app"]);
    }

    [Theory]
    [InlineData("<165>1 2026-11-22T05:54:01.003Z host.example.com audit 4711 ID47 [x@32473 a=\"{b\"] ")]
    [InlineData("<34>Nov 22 05:54:01 host audit[4711]: ")]
    [InlineData("2026-11-22T05:54:01.003Z stdout F ")]
    [InlineData("")]
    public void A_line_of_text_that_ends_in_an_event_has_its_id(string prefix)
    {
        Assert.Equal(BareId, OpenEvent(prefix + Event + "\r\n", "text/plain; charset=utf-8").Id);
    }

    [Fact]
    public void A_binary_cloudevent_has_the_id_of_the_event_in_its_body()
    {
        var headers = new HeaderDictionary { ["ce-specversion"] = "1.0", ["ce-id"] = "1", ["ce-source"] = "/s", ["ce-type"] = "t" };

        var item = OpenEvent(Event, headers: headers);

        Assert.Equal(BareId, item.Id);
        Assert.Equal("cloudevents", (string?)item.Envelope!["type"]);
    }

    [Fact]
    public void Any_event_keeps_its_id_in_any_nesting_of_envelopes()
    {
        var wrappers = Wrappers.Where(wrapper => wrapper.Key != "log-source").Select(wrapper => wrapper.Value).ToArray();
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var json = RandomEvent(random);
            var bare = OpenEvent(json);
            var wrapped = json;
            for (var depth = random.Next(1, 5); depth > 0; depth--)
            {
                wrapped = wrappers[random.Next(wrappers.Length)](wrapped);
            }

            var item = OpenEvent(wrapped);

            Assert.Equal(bare.Id, item.Id);
            Assert.Equal(bare.Alerts, item.Alerts);
            Assert.True(Encoding.UTF8.GetByteCount(item.Line) <= 16_384);
        }).Check(new Configuration { MaxNbOfTest = 300, EndSize = int.MaxValue, QuietOnSuccess = true, Runner = Config.QuickThrowOnFailure.Runner });
    }

    // Also with members that envelopes are known by, and long ones that bring the event over its limit.
    private static string RandomEvent(Random random)
    {
        string[] values =
        [
            "1", "null", "true", "\"text\"", "{}", "[]", """{"a":{"b":["é","\ud83d\ude00","\u00e9\n",null]}}""", "\"{\\\"a\\\":1}\"", "-1.50e3",
            "\"2026-11-22T05:54:00Z\"", "\"" + new string('x', random.Next(0, 20_000)) + "\"", "{\"id\":\"i\",\"name\":\"" + new string('n', random.Next(0, 3_000)) + "\"}",
        ];
        string[] names =
        [
            "id", "eventTime", "outcome", "reason", "initiator", "target", "observer", "message", "requestData", "responseData", "payload", "line",
            "lines", "data", "events", "items", "value", "meta", "zeta", "region", "user", "verb", "stage", "kind", "event_type",
        ];
        random.Shuffle(names);
        var members = names[..random.Next(0, 8)].Select(name => $",\"{name}\":{values[random.Next(values.Length)]}");
        return "{\"action\":\"a.b." + (random.Next(2) == 0 ? "delete" : "read") + "\"" + string.Concat(members) + "}";
    }

    private static string Decoded(string line)
    {
        var at = line.IndexOf("data_base64\":\"", StringComparison.Ordinal);
        return at < 0 ? line : Encoding.UTF8.GetString(Convert.FromBase64String(line[(at + 14)..line.IndexOf('"', at + 14)]));
    }
}
