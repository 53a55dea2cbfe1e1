using System.Security.Cryptography;
using System.Text;
using Trailgate.Events;
using static Trailgate.Tests.Normalize.Normalizing;

namespace Trailgate.Tests.Normalize;

public sealed class EventNormalizerTests
{
    private const string Full = """
        {"responseData":{"b":1},"requestData":{"verb":"delete"},"saveServiceCopy":true,"zebra":1,"apple":[1, 2],
         "logSourceCRN":"crn:v1:bluemix:public:codeengine:us-south:a/1:p::","dataEvent":false,"message":"m","correlationId":"c",
         "observer":{"name":"ActivityTracker"},"target":{"id":"t"},"initiator":{"id":"i"},"reason":{"reasonCode":200},
         "severity":"normal","outcome":"success","action":"codeengine.application.delete","eventTime":"2026-11-22T05:54:00.12+0000",
         "eventType":"activity","typeURI":"http://schemas.dmtf.org/cloud/audit/1.0/event","id":"own-1"}
        """;

    [Fact]
    public void Members_stand_in_the_order_of_the_design_without_white_space()
    {
        var result = NormalizeEvent(Full, source: "ibm");

        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("""
            {"id":"own-1","typeURI":"http://schemas.dmtf.org/cloud/audit/1.0/event","eventType":"activity","eventTime":"2026-11-22T05:54:00.120Z","action":"codeengine.application.delete","outcome":"success","severity":"normal","reason":{"reasonCode":200},"initiator":{"id":"i"},"target":{"id":"t"},"observer":{"name":"ActivityTracker"},"correlationId":"c","message":"m","dataEvent":false,"logSourceCRN":"crn:v1:bluemix:public:codeengine:us-south:a/1:p::","saveServiceCopy":true,"requestData":{"verb":"delete"},"responseData":{"b":1},"extensions":{"apple":[1,2],"zebra":1}}
            """.Trim())))[..32];
        Assert.Equal(
            $$$$$"""{"id":"{{{{{id}}}}}","typeURI":"http://schemas.dmtf.org/cloud/audit/1.0/event","eventType":"activity","eventTime":"2026-11-22T05:54:00.120Z","action":"codeengine.application.delete","outcome":"success","severity":"critical","reason":{"reasonCode":200},"initiator":{"id":"i"},"target":{"id":"t"},"observer":{"name":"ActivityTracker"},"correlationId":"c","message":"m","dataEvent":false,"logSourceCRN":"crn:v1:bluemix:public:codeengine:us-south:a/1:p::","saveServiceCopy":true,"requestData":{"verb":"delete"},"responseData":{"b":1},"extensions":{"apple":[1,2],"zebra":1},"trailgate":{"schema":1,"region":"us-south","kind":"delete","source":"ibm","receivedAt":"2026-11-22T06:00:00.000Z","sourceId":"own-1","given":{"eventTime":"2026-11-22T05:54:00.12+0000","severity":"normal"}}}""",
            result.Text);
    }

    [Fact]
    public void A_line_reads_back_as_the_facts_it_was_made_from()
    {
        var result = NormalizeEvent(Full);

        Assert.True(EventLine.TryRead(result.Line, out var read));
        Assert.Equal(result.Event, read);
        Assert.Equal(EventKind.Delete, read.Kind);
        Assert.Equal("us-south", read.Region.Name);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 5, 54, 0, 120, TimeSpan.Zero), read.Time.ToDateTimeOffset());
    }

    [Fact]
    public void Members_without_a_value_are_left_out()
    {
        var result = NormalizeEvent("""{"action":"a.b.read","outcome":"success","message":null,"requestData":null,"responseData":{},"x":null}""");

        var names = result.Json.AsObject().Select(member => member.Key);
        Assert.Equal(["id", "eventTime", "action", "outcome", "severity", "responseData", "trailgate"], names);
    }

    [Fact]
    public void What_the_source_did_not_say_is_listed_as_assumed()
    {
        var result = NormalizeEvent("""{"action":"a.b.read"}""");

        Assert.Equal("unknown", (string?)result["/outcome"]);
        Assert.Equal("2026-11-22T06:00:00.000Z", (string?)result["/eventTime"]);
        Assert.Equal("normal", (string?)result["/severity"]);
        Assert.Equal("""["eventTime","outcome","severity"]""", result["/trailgate/assumed"]!.ToJsonString());
        Assert.True(result.Event.TimeAssumed);
        Assert.Equal("unknown", result.Event.Region.Name);
    }

    [Theory]
    [InlineData("""{"a":1}""", "action is missing")]
    [InlineData("""{"action":null}""", "action is missing")]
    [InlineData("""{"eventName":"SECURITY_MEMBER_MGMT"}""", "action is missing, and eventName does not tell what was done")]
    [InlineData("""{"action":"  "}""", "action is empty")]
    [InlineData("""{"action":"\u0020\n"}""", "action is empty")]
    [InlineData("""{"action":7}""", "action is a number, not a text")]
    [InlineData("""[1]""", "is an array, not an object")]
    [InlineData("\"text\"", "is a text, not an object")]
    [InlineData("null", "is null, not an object")]
    [InlineData("""{"action":"a","action":"b"}""", "member 'action' stands twice; which one is meant can not be known")]
    [InlineData("""{"action":"a","x":1,"\u0078":2}""", "member 'x' stands twice; which one is meant can not be known")]
    [InlineData("""{"action":"a","target":{"id":"1","name":"n","id":"2"}}""", "member '/target/id' stands twice; which one is meant can not be known")]
    [InlineData("""{"action":"a","x":[{"y":1},{"y":1,"y":1}]}""", "member '/extensions/x/1/y' stands twice; which one is meant can not be known")]
    public void What_is_no_event_is_quarantined_with_the_reason(string json, string reason)
    {
        var result = NormalizeEvent(json);

        Assert.Equal(reason, result.Reason);
        Assert.True(result.Line.AsSpan().StartsWith(QuarantinedItem.LineStart));
        Assert.Equal(reason, (string?)result["/quarantined/reason"]);
        Assert.True(QuarantinedItem.TryReadRegion(result.Line, out var region));
        Assert.Equal(Region.Unknown, region);
    }

    [Fact]
    public void Many_members_are_compared_as_well_as_few()
    {
        static string Members(int last) => string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"m{(i == 999 ? last : i)}\":0"));

        Assert.Null(NormalizeEvent("{\"action\":\"a\",\"target\":{" + Members(999) + "}}").Reason);
        Assert.Contains("'/target/m17'", NormalizeEvent("{\"action\":\"a\",\"target\":{" + Members(17) + "}}").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_beyond_the_limit_is_quarantined_and_up_to_it_is_not()
    {
        // The event is level 1, target level 2: 62 more make 64.
        static string Nested(int arrays) =>
            "{\"action\":\"a\",\"target\":{\"x\":" + new string('[', arrays) + new string(']', arrays) + "}}";

        Assert.Null(NormalizeEvent(Nested(62)).Reason);
        var deep = NormalizeEvent(Nested(63));
        Assert.StartsWith("is nested deeper than 64 levels at '/target/x", deep.Reason, StringComparison.Ordinal);
        Assert.StartsWith("{\"action\"", (string?)deep["/quarantined/content"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_levels_are_kept_as_text_in_the_quarantine()
    {
        var raw = $$"""{"action":"a","x":{{new string('[', 1000)}}{{new string(']', 1000)}}}""";

        var result = NormalizeEvent(raw);

        Assert.Equal(raw, (string?)result["/quarantined/content"]);
    }

    [Theory]
    [InlineData("""{"requestData":"{\"a\": {\"b\": 1}}"}""", """{"a":{"b":1}}""")]
    [InlineData("""{"requestData":"[1, 2]"}""", "[1,2]")]
    [InlineData("""{"requestData":"\"{\\\"a\\\":1}\""}""", """{"a":1}""")]
    [InlineData("""{"requestData":"{not json}"}""", "\"{not json}\"")]
    [InlineData("""{"requestData":"plain"}""", "\"plain\"")]
    [InlineData("""{"requestData":7}""", "7")]
    public void A_body_that_came_as_a_text_of_json_becomes_json(string json, string expected)
    {
        var result = NormalizeEvent(json.Insert(1, "\"action\":\"a.b.read\","));

        Assert.Equal(expected, result["/requestData"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public void A_body_as_text_and_as_object_give_the_same_id()
    {
        var asText = NormalizeEvent("""{"action":"a.b.read","requestData":"{ \"a\": 1 }"}""");
        var asObject = NormalizeEvent("""{"action":"a.b.read","requestData":{"a":1}}""");

        Assert.Equal(asObject.Event.Id, asText.Event.Id);
    }

    [Fact]
    public void A_body_that_the_source_left_out_is_counted_as_limited_by_it()
    {
        var result = NormalizeEvent("""{"action":"codeengine.pods.list","responseData":"Information about the action is not included for performance and size reasons."}""");

        Assert.Equal("Information about the action is not included for performance and size reasons.", (string?)result["/responseData"]);
        Assert.Equal("""[{"field":"responseData","bySource":true}]""", result["/trailgate/limited"]!.ToJsonString());
    }

    [Theory]
    [InlineData("\"true\"", "true", "true")]
    [InlineData("\"False\"", "false", "False")]
    [InlineData("\"Tru\\u0065\"", "true", "True")]
    [InlineData("true", "true", null)]
    public void Truth_values_that_came_as_text_become_truth_values_and_are_kept_as_given(string sent, string expected, string? given)
    {
        var result = NormalizeEvent($$"""{"action":"a.b.read","dataEvent":{{sent}},"saveServiceCopy":{{sent}}}""");

        Assert.Equal(expected, result["/dataEvent"]!.ToJsonString());
        Assert.Equal(expected, result["/saveServiceCopy"]!.ToJsonString());
        Assert.Equal(given, (string?)result["/trailgate/given/dataEvent"]);
        Assert.Equal(given, (string?)result["/trailgate/given/saveServiceCopy"]);
    }

    [Theory]
    [InlineData("dataEvent", "\"maybe\"")]
    [InlineData("initiator", "\"IBMid-1\"")]
    [InlineData("target", "[1]")]
    [InlineData("message", """{"a":1}""")]
    [InlineData("reason", "200")]
    public void A_value_of_another_type_is_kept_as_given_only(string member, string value)
    {
        var result = NormalizeEvent($$"""{"action":"a.b.read","{{member}}":{{value}}}""");

        Assert.Null(result["/" + member]);
        Assert.Equal(value, result["/trailgate/given/" + member]!.ToJsonString());
    }

    [Theory]
    [InlineData("200", "200", null)]
    [InlineData("\"409\"", "409", "\"409\"")]
    [InlineData("0", "0", null)]
    [InlineData("\"OK\"", null, "\"OK\"")]
    [InlineData("1e999", null, "1e999")]
    [InlineData("-1", null, "-1")]
    public void A_reason_code_becomes_a_number_or_is_kept_as_given(string code, string? expected, string? given)
    {
        var result = NormalizeEvent("{\"action\":\"a.b.read\",\"reason\":{\"reasonType\":\"x\",\"reasonCode\":" + code + ",\"reasonForFailure\":\"y\"}}");

        Assert.Equal(expected, result["/reason/reasonCode"]?.ToJsonString());
        Assert.Equal("y", (string?)result["/reason/reasonForFailure"]);
        Assert.Equal("x", (string?)result["/reason/reasonType"]);
        Assert.Equal(given, result["/trailgate/given"]?["reason.reasonCode"]?.ToJsonString());
    }

    [Theory]
    [InlineData("""{"reasonCode":"x"}""", "{}")]
    [InlineData("""{"reasonCode":"x","a":1}""", """{"a":1}""")]
    [InlineData("""{"a":1,"reasonCode":"x"}""", """{"a":1}""")]
    public void A_reason_without_its_code_stays_valid(string reason, string expected)
    {
        Assert.Equal(expected, NormalizeEvent($$"""{"action":"a.b.read","reason":{{reason}}}""")["/reason"]!.ToJsonString());
    }

    [Theory]
    [InlineData("SUCCESS", "success")]
    [InlineData("denied", "failure")]
    [InlineData("error", "failure")]
    [InlineData("redirect", "unknown")]
    public void An_outcome_outside_the_taxonomy_is_mapped_and_kept_as_given(string given, string expected)
    {
        var result = NormalizeEvent($$"""{"action":"a.b.read","outcome":"{{given}}"}""");

        Assert.Equal(expected, (string?)result["/outcome"]);
        Assert.Equal(given, (string?)result["/trailgate/given/outcome"]);
    }

    [Fact]
    public void Members_named_like_ours_are_not_trusted()
    {
        var result = NormalizeEvent("""{"action":"a.b.read","trailgate":{"region":"eu-de"},"extensions":{"x":1}}""");

        Assert.Equal("unknown", (string?)result["/trailgate/region"]);
        Assert.Equal("eu-de", (string?)result["/extensions/trailgate/region"]);
        Assert.Equal(1, (int?)result["/extensions/extensions/x"]);
    }

    [Fact]
    public void Strings_are_stored_with_the_least_escapes()
    {
        var result = NormalizeEvent("""{"action":"a.b.read","message":"\u0041\/\u00e9\ud83d\ude00\"\\\n\u0001\ud800"}""");

        Assert.Contains("""
            "message":"A/é😀\"\\\n\u0001\ud800"
            """.Trim(), result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.b.delete", "success", 200, "critical")]
    [InlineData("a.b.read", "success", 200, "normal")]
    [InlineData("a.b.create", "success", 201, "normal")]
    [InlineData("a.b.update", "success", 200, "warning")]
    [InlineData("is.instance.instance.start", "success", 200, "normal")]
    [InlineData("is.instance.instance.start", "failure", 500, "warning")]
    [InlineData("is.instance.instance.stop", "success", 200, "warning")]
    [InlineData("a.b.read", "failure", 404, "warning")]
    [InlineData("a.b.read", "failure", 401, "critical")]
    [InlineData("a.b.read", "failure", 403, "critical")]
    [InlineData("a.b.read", "success", 503, "critical")]
    [InlineData("a.b.read", "success", 409, "warning")]
    [InlineData("cloud-object-storage.object.delete", "success", 204, "normal")]
    [InlineData("cloud-object-storage.bucket.delete", "success", 204, "critical")]
    public void Severity_is_computed_from_action_outcome_and_code(string action, string outcome, int code, string expected)
    {
        var result = NormalizeEvent($$"""{"action":"{{action}}","outcome":"{{outcome}}","reason":{"reasonCode":{{code}} } }""");

        Assert.Equal(expected, (string?)result["/severity"]);
    }

    [Theory]
    [InlineData("""{"logSourceCRN":"crn:v1:bluemix:public:kms:us-south:a/1:i::"}""", "us-south", null)]
    [InlineData("""{"logSourceCRN":"v1:bluemix:public:kms:eu-gb:a/1:i::"}""", "eu-gb", null)]
    [InlineData("""{"logSourceCRN":"crn:v1:bluemix:public:is:us-south-1:a/1::volume:x"}""", "us-south", null)]
    [InlineData("""{"logSourceCRN":"crn:v1:bluemix:public:is:us-east-1:a/1::volume:x"}""", "us-east", null)]
    [InlineData("""{"region":"us-east-1"}""", "us-east-1", null)]
    [InlineData("""{"logSourceCRN":"crn:v1:bluemix:public:power-iaas:dal09:a/1:i::"}""", "us-south", null)]
    [InlineData("""{"logSourceCRN":"crn:v1:bluemix:public:cos:global:a/1:i::","target":{"id":"crn:v1:b:p:cos:jp-tok:a/1:i::"}}""", "jp-tok", null)]
    [InlineData("""{"logSourceCRN":"crn:v1:bluemix:public:cos:global:a/1:i::","responseData":{"bucketLocation":"eu-de"}}""", "eu-de", null)]
    [InlineData("""{"logSourceCRN":"crn:v1:bluemix:public:cos:global:a/1:i::","target":{"id":"plain"}}""", "global", null)]
    [InlineData("""{"logSourceCRN":"crn:v1::public:is::a/1::snapshot:x","requestData":{"region":"ca-tor"}}""", "ca-tor", null)]
    [InlineData("""{"requestData":{"resource":{"attributes":{"region":"au-syd"}}}}""", "au-syd", null)]
    [InlineData("""{"requestData":"{\"resource\":{\"attributes\":{\"region\":\"au-syd\"}}}"}""", "au-syd", null)]
    [InlineData("""{"requestData":{"from":{"region":"au-syd"},"to":{"region":"au-syd-1"}}}""", "au-syd", null)]
    [InlineData("""{"requestData":{"from":{"region":"au-syd"},"to":{"region":"eu-de"}}}""", "unknown", null)]
    [InlineData("""{"requestData":{"a":{"\ud83d":1,"r\u0065gion":"au-syd"},"region":["x"]}}""", "au-syd", null)]
    [InlineData("""{"requestData":{"region":"eu-de","to":{"region":"au-syd"}}}""", "eu-de", null)]
    [InlineData("""{"requestData":{"resource":{"region":"Atlantis-9x"}},"region":"eu-gb"}""", "eu-gb", null)]
    [InlineData("""{"requestData":{"resource":{"region":["eu-de"]}},"region":"eu-gb"}""", "eu-gb", null)]
    [InlineData("""{"logSourceCRN":"crn:v1:bluemix:public:cos:global:a/1:i::","requestData":{"a":[{"region":"eu-de"}]}}""", "eu-de", null)]
    [InlineData("""{"logSourceCRN":"crn:v1:bluemix:public:cos:global:a/1:i::","requestData":{"a":{"region":"global"}},"region":"eu-de"}""", "eu-de", null)]
    [InlineData("""{"logSourceCRN":"crn:v1:b:public:hello:undefined:s/1:i::"}""", "unknown", null)]
    [InlineData("""{"logSourceCRN":"crn:v1:b:public:kms:Atlantis-9x:a/1:i::"}""", "unknown", "Atlantis-9x")]
    [InlineData("""{"logSourceCRN":"INVALID"}""", "unknown", null)]
    [InlineData("""{"region":"../../etc"}""", "unknown", "../../etc")]
    [InlineData("""{"region":"westeurope"}""", "westeurope", null)]
    [InlineData("""{"region":"us-east-1a"}""", "us-east-1", null)]
    [InlineData("""{"region":"us-east1-b"}""", "us-east1", null)]
    public void The_region_is_found_in_the_order_of_the_design(string members, string expected, string? given)
    {
        var result = NormalizeEvent(members.Insert(1, "\"action\":\"a.b.read\","));

        Assert.Equal(expected, (string?)result["/trailgate/region"]);
        Assert.Equal(given, (string?)result["/trailgate/given"]?["region"]);
    }

    [Fact]
    public void Numbers_of_any_size_are_kept_as_they_came()
    {
        var digits = new string('9', 400);

        var result = NormalizeEvent("{\"action\":\"a.b.read\",\"responseData\":{\"n\":" + digits + ",\"e\":1e999,\"f\":1.10}}");

        Assert.Contains("\"responseData\":{\"n\":" + digits + ",\"e\":1e999,\"f\":1.10}", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_corpus_event_with_an_action_is_an_event()
    {
        var folder = Support.Corpus.Events;
        if (folder is null)
        {
            return; // A clone alone has no corpus; the facts are tested one by one above.
        }

        var quarantined = folder.Select(file => (Name: Path.GetFileName(file), Result: NormalizeEvent(File.ReadAllBytes(file))))
            .Where(pair => pair.Result.Reason is not null).ToList();

        Assert.Equal(8, quarantined.Count);
        Assert.All(quarantined, pair => Assert.StartsWith("action is missing", pair.Result.Reason, StringComparison.Ordinal));
    }
}
