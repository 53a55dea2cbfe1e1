using System.Text.Json;
using System.Text.Json.Nodes;
using static Trailgate.Tests.Normalize.Normalizing;

namespace Trailgate.Tests.Normalize;

/// <summary>
/// The forms in which fields of audit events were seen or are documented, a row each: what is sent, and what stands in
/// the event for it, by hand. A pointer that must lead nowhere is said to be null.
/// </summary>
public sealed class FieldFormTests
{
    private const string Defaults = """{"action":"a.b.read","outcome":"success","severity":"normal","eventTime":"2026-11-22T05:54:00.000Z"}""";

    private static readonly Form[] Forms =
    [
        // eventTime; TimeReaderTests has the instants of all forms. Here: what becomes of them in an event.
        Time("IBM's guideline", "2017-10-19T19:07:50.32+0000", "2017-10-19T19:07:50.320Z"),
        Time("three digits", "2020-06-04T15:02:20.663+0000", "2020-06-04T15:02:20.663Z"),
        Time("one digit", "2019-11-27T00:03:01.8+0000", "2019-11-27T00:03:01.800Z"),
        Time("no digits, Z", "2019-12-20T16:38:06Z", "2019-12-20T16:38:06.000Z"),
        Time("no digits, offset with a colon", "2020-03-08T12:22:01+00:00", "2020-03-08T12:22:01.000Z"),
        Time("local offset", "2020-03-08T12:22:01-06:00", "2020-03-08T18:22:01.000Z"),
        Time("month not padded", "2021-1-17T04:43:38.59+0000", "2021-01-17T04:43:38.590Z"),
        Time("Go", "2017-10-19 19:07:50.32 +0000 UTC", "2017-10-19T19:07:50.320Z"),
        Time("stray blanks", "2013-07-29T16: 38: 43", "2013-07-29T16:38:43.000Z", "eventTime.zone"),
        Time("lost plus sign", "2017-10-19T19:07:50.32 0000", "2017-10-19T19:07:50.320Z"),
        Time("lost altogether, which reads as more digits", "2017-10-19T19:07:50.320000", "2017-10-19T19:07:50.320Z", "eventTime.zone"),
        Time("seven digits", "2026-03-19T06:27:45.1234567Z", "2026-03-19T06:27:45.1234567Z"),
        Time("nine digits", "2026-03-19T06:27:45.396909981Z", "2026-03-19T06:27:45.396909981Z"),
        Time("CADF, offset with a colon", "2012-03-22T13:00:00-04:00", "2012-03-22T17:00:00.000Z"),
        Time("pycadf, six digits", "2014-01-17T23:23:38.109989+0000", "2014-01-17T23:23:38.109989Z"),
        Time("OpenLiberty, zone name", "2020-07-31 11:52:38.091 CDT", "2020-07-31T16:52:38.091Z", "eventTime.zone"),
        Time("OpenLiberty, no zone", "2018-07-10 12:15:34.339", "2018-07-10T12:15:34.339Z", "eventTime.zone"),
        Time("eastern", "2018-07-24 10:58:45.284 EDT", "2018-07-24T14:58:45.284Z", "eventTime.zone"),
        Time("eastern, winter", "2018-01-24 10:58:45.284 EST", "2018-01-24T15:58:45.284Z", "eventTime.zone"),
        Time("central, winter", "2018-01-24 10:58:45.284 CST", "2018-01-24T16:58:45.284Z", "eventTime.zone"),
        Time("mountain", "2018-07-24 10:58:45.284 MDT", "2018-07-24T16:58:45.284Z", "eventTime.zone"),
        Time("mountain, winter", "2018-01-24 10:58:45.284 MST", "2018-01-24T17:58:45.284Z", "eventTime.zone"),
        Time("pacific", "2018-07-24 10:58:45.284 PDT", "2018-07-24T17:58:45.284Z", "eventTime.zone"),
        Time("pacific, winter", "2018-01-24 10:58:45.284 PST", "2018-01-24T18:58:45.284Z", "eventTime.zone"),
        Time("Alaska", "2018-07-24 10:58:45.284 AKDT", "2018-07-24T18:58:45.284Z", "eventTime.zone"),
        Time("Hawaii", "2018-07-24 10:58:45.284 HST", "2018-07-24T20:58:45.284Z", "eventTime.zone"),
        Time("GMT", "2018-07-24 10:58:45.284 GMT", "2018-07-24T10:58:45.284Z"),
        Time("epoch seconds as a text", "1511334840", "2017-11-22T07:14:00.000Z"),
        new("eventTime: epoch seconds", """ "eventTime":1511334840 """, ("/eventTime", "2017-11-22T07:14:00.000Z"), ("/trailgate/given/eventTime", "1511334840")),
        new("eventTime: epoch milliseconds", """ "eventTime":1511334840123 """, ("/eventTime", "2017-11-22T07:14:00.123Z"), ("/trailgate/given/eventTime", "1511334840123")),
        new("eventTime: missing", """ "eventTime":null """, ("/eventTime", "2026-11-22T06:00:00.000Z"), ("/trailgate/given", null), ("/trailgate/assumed", """["eventTime"]""")),
        new("eventTime: not understood", """ "eventTime":"19/10/2017" """, ("/eventTime", "2026-11-22T06:00:00.000Z"), ("/trailgate/given/eventTime", "19/10/2017"), ("/trailgate/assumed", """["eventTime"]""")),
        new("eventTime: a day that is none", """ "eventTime":"2026-02-30T05:54:00.000Z" """, ("/trailgate/given/eventTime", "2026-02-30T05:54:00.000Z"), ("/trailgate/assumed", """["eventTime"]""")),
        new("eventTime: an object", """ "eventTime":{"s":1} """, ("/trailgate/given/eventTime", """{"s":1}"""), ("/trailgate/assumed", """["eventTime"]""")),

        // reason
        new("reasonCode: number", """ "reason":{"reasonCode":200,"reasonType":"OK"} """, ("/reason", """{"reasonCode":200,"reasonType":"OK"}"""), ("/trailgate/given", null)),
        new("reasonCode: text", """ "reason":{"reasonCode":"200","reasonType":"OK"} """, ("/reason/reasonCode", "200"), ("/trailgate/given", """{"reason.reasonCode":"200"}""")),
        new("reasonCode: 0", """ "reason":{"reasonCode":0} """, ("/reason/reasonCode", "0"), ("/trailgate/given", null), ("/severity", "normal")),
        new("reasonCode: missing", """ "reason":{"reasonType":"HTTP"} """, ("/reason", """{"reasonType":"HTTP"}"""), ("/trailgate/given", null)),
        new("reasonCode: 408, a failure", """ "outcome":"failure","reason":{"reasonCode":408} """, ("/reason/reasonCode", "408"), ("/severity", "warning"), ("/trailgate/given/severity", "normal")),
        new("reason: missing", """ "reason":null """, ("/reason", null)),
        new("reasonType: empty", """ "reason":{"reasonCode":200,"reasonType":""} """, ("/reason/reasonType", "")),
        new("reasonType: a URL", """ "reason":{"reasonCode":201,"reasonType":"https://www.iana.org/assignments/http-status-codes/http-status-codes.xml"} """, ("/reason/reasonType", "https://www.iana.org/assignments/http-status-codes/http-status-codes.xml")),
        new("reason: of a policy", """ "reason":{"policyType":"t","policyId":"p"} """, ("/reason", """{"policyType":"t","policyId":"p"}""")),

        // severity by reason code, and by action; the given one beside it
        Code(400, "warning"), Code(401, "critical"), Code(403, "critical"), Code(409, "warning"), Code(424, "warning"), Code(500, "warning"),
        Code(502, "warning"), Code(503, "critical"), Code(504, "warning"), Code(505, "warning"), Code(507, "critical"), Code(404, "normal"), Code(201, "normal"),
        Severity("start", "normal"), Severity("read", "normal"), Severity("list", "normal"), Severity("create", "normal"), Severity("update", "warning"),
        Severity("delete", "critical"), Severity("rotate", "critical"), Severity("authorize", "critical"),
        new("severity: missing", """ "severity":null """, ("/severity", "normal"), ("/trailgate/assumed", """["severity"]"""), ("/trailgate/given", null)),
        new("severity: another word", """ "severity":"high" """, ("/severity", "normal"), ("/trailgate/given/severity", "high")),
        new("severity: a level", """ "severity":4 """, ("/severity", "normal"), ("/trailgate/given/severity", "4")),

        // outcome
        Outcome("success", "success"), Outcome("failure", "failure"), Outcome("pending", "pending"), Outcome("unknown", "unknown"), Outcome("denied", "failure"),
        Outcome("error", "failure"), Outcome("redirect", "unknown"), Outcome("FAILURE", "failure"), Outcome(" failure ", "failure"), Outcome("failure/timeout", "failure"),
        Outcome("success/partial", "success"), Outcome("", "unknown"),
        new("outcome: missing", """ "outcome":null """, ("/outcome", "unknown"), ("/trailgate/assumed", """["outcome"]""")),

        // dataEvent, saveServiceCopy
        new("dataEvent: truth value", """ "dataEvent":false """, ("/dataEvent", "false"), ("/trailgate/given", null)),
        new("dataEvent: text", """ "dataEvent":"true" """, ("/dataEvent", "true"), ("/trailgate/given", """{"dataEvent":"true"}""")),
        new("dataEvent: another text", """ "dataEvent":"yes" """, ("/dataEvent", null), ("/trailgate/given", """{"dataEvent":"yes"}""")),
        new("dataEvent: number", """ "dataEvent":1 """, ("/dataEvent", null), ("/trailgate/given", """{"dataEvent":1}""")),
        new("saveServiceCopy: text", """ "saveServiceCopy":"False" """, ("/saveServiceCopy", "false"), ("/trailgate/given", """{"saveServiceCopy":"False"}""")),

        // requestData, responseData
        new("requestData: object", """ "requestData":{"updateType":"x","initialValue":"a","newValue":"b"} """, ("/requestData", """{"updateType":"x","initialValue":"a","newValue":"b"}""")),
        new("requestData: text of JSON", """ "requestData":"{\"a\":{\"b\":1}}" """, ("/requestData", """{"a":{"b":1}}""")),
        new("requestData: a text in a text", """ "requestData":"\"{\\\"a\\\":1}\"" """, ("/requestData", """{"a":1}""")),
        new("requestData: null", """ "requestData":null """, ("/requestData", null)),
        new("requestData: empty", """ "requestData":{} """, ("/requestData", "{}")),
        new("requestData: another text", """ "requestData":"a: b" """, ("/requestData", "a: b")),
        new("responseData: list", """ "responseData":[1,"a"] """, ("/responseData", """[1,"a"]""")),
        new("responseData: a text within", """ "responseData":{"body":"{\"a\":1}"} """, ("/responseData/body", """{"a":1}""")),

        // Who, what, where: kept as they came
        Kept("initiator", """{"id":"IBMid-550000HRWG","name":"","typeURI":"service/security/account/user","authnId":"IBMid-1","authnName":"a","credential":{"type":"instance-identity-token"}}"""),
        Kept("initiator", """{"id":"ann@example.com","typeURI":"security/account/user","project_id":null}"""),
        Kept("initiator", """{"id":"keyreact","typeURI":"User","host":{"agent":"","address":" 10.45.116.217"}}"""),
        Kept("initiator", """{"host":{"address":"192.0.2.0/24172","addressType":"subnet"}}"""),
        Kept("initiator", """{"host":{"address":"123.456.27.109"}}"""),
        Kept("initiator", """{"host":{"address":"10.41.87.6,10.74.72.121"}}"""),
        Kept("initiator", """{"host":{"address":"2001:0db8:85a3:0000:0000:8a2e:0370:7334","addressType":"IPv6"}}"""),
        Kept("initiator", """{"host":{"address":"","addressType":"CSE"}}"""),
        Kept("initiator", """{"host":{"address":"localhost"}}"""),
        Kept("target", """{"id":"HA_test801","name":"","typeURI":"service-id","resourceGroupId":"","host":{"address":"user-management.cloud.ibm.com"},"alias":"x"}"""),
        Kept("target", """{"id":"p","attachments":[{"name":"project_id","contentType":"/data/security/project","content":"e381"}]}"""),
        Kept("observer", """{"id":"activity-tracker.cloud.ibm.com","name":"ActivityTracker","typeURI":"security/edge/activity-tracker"}"""),
        Kept("correlationId", "\"TXID-b266a31c-b359-4ecb-8b81-a27c1b2cdb7b-df2f912c\""),
        Kept("correlationId", "\"?:UbrRh\""),
        Kept("message", "\"IAM User Management: invite user -pending\""),
        Kept("eventType", "\"monitor\""),
        Kept("typeURI", "\"http: //schemas.dmtf.org/cloud/audit/1.0/event\""),
        new("correlationId: number", """ "correlationId":4 """, ("/correlationId", "4")),
        new("initiator: a text", """ "initiator":"IBMid-1" """, ("/initiator", null), ("/trailgate/given/initiator", "IBMid-1")),
        new("id: of the source", """ "id":"#tid_1" """, ("/trailgate/sourceId", "#tid_1")),
        new("id: number", """ "id":7 """, ("/trailgate/sourceId", "7")),
        Extra("type", "\"ActivityTracker\""), Extra("level", "\"info\""), Extra("resourceGroupId", "\"crn:v1:bluemix:public:resource-controller:global:a/1::resource-group:r\""),
        Extra("requestPath", "\"/v2/x\""), Extra("meta", """{"serviceProviderRegion":"ng","userAccountIds":["a"]}"""), Extra("compliance", """{"a":1}"""), Extra("tags", """["a"]"""),
        Extra("reporterchain", """[{"role":"observer","reporterTime":"2012-08-22T23:00:00-02:00","reporterId":"r"}]"""), Extra("initiatorId", "\"i\""), Extra("targetId", "\"t\""),
        Extra("observerId", "\"o\""), Extra("measurements", """[{"result":28}]"""), Extra("attachments", """[{"content":"x"}]"""), Extra("name", "\"n\""),

        // CRNs and places
        Crn("crn:v1:bluemix:public:codeengine:eu-de:a/1:p::", "eu-de"),
        Crn("v1:bluemix:public:kms:us-south:a/1:k::", "us-south"),
        Crn("crn:v1:staging:public:is:us-south-1:a/1::volume:v", "us-south"),
        Crn("crn:v1:bluemix:public:is:us-south-dal10-a:a/1::volume:v", "us-south"),
        Crn("crn:v1:bluemix:public:containers-kuberentes:dal09:a/1:c::", "us-south"),
        Crn("crn:v1:bluemix:public:power-iaas:osa21:a/1:c::", "jp-osa"),
        Crn("crn:v1:dev:public:knowledge-studio:us-south:s/null:t::", "us-south"),
        Crn("crn:v1:bluemix:public:functions:us-south:a/1::n::", "us-south"),
        Crn("crn:v1:bluemix:public:functions:us-south:a/1:i:action:a:b", "us-south"),
        Crn("crn:v1:bluemix:public:codeengine:EU-DE:a/1:p::", "eu-de"),
        Crn("crn:v1::public:is::a/1::snapshot:s", "unknown"),
        Crn("crn:v1:bluemix:public:hello-at:undefined:s/undefined:1:greeting:1", "unknown"),
        Crn("crn:v1:bluemix:public:iam-groups:global:a/1:::", "global"),
        Crn("INVALID", "unknown"), Crn("", "unknown"), Crn("HA_test801", "unknown"), Crn("<ATR_CRN>", "unknown"), Crn("crn:v1", "unknown"), Crn(":::::::::", "unknown"),
        Crn("crn:v1:bluemix:public:logs:<region>:a/1:i::", "unknown", given: "<region>"),
        Crn("crn:v1:bluemix:public:power-iaas:satloc_dal_c0xyz:a/1:c::", "unknown", given: "satloc_dal_c0xyz"),
        new("region: the target's where the source's is global", """ "logSourceCRN":"crn:v1:bluemix:public:x:global:a/1:::","target":{"id":"crn:v1:bluemix:public:x:tor01:a/1:::"} """, ("/trailgate/region", "ca-tor")),
        new("region: of a bucket", """ "logSourceCRN":"crn:v1:bluemix:public:cloud-object-storage:global:a/1:::","responseData":"{\"bucketLocation\":\"eu-gb\"}" """, ("/trailgate/region", "eu-gb")),
        new("region: of the resource that a restriction is about", """ "requestData":{"resource":{"attributes":{"region":"au-syd"}}} """, ("/trailgate/region", "au-syd")),
    ];

    public static TheoryData<string> Names() => new(Forms.Select(form => form.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_field_is_read_in_this_form(string form)
    {
        var row = Forms.Single(one => one.Name == form);
        var sent = JsonNode.Parse(Defaults)!.AsObject(); // an object, as it stands above
        foreach (var (name, value) in JsonNode.Parse($"{{{row.Members}}}")!.AsObject())
        {
            sent[name] = value?.DeepClone();
        }

        var result = NormalizeEvent(sent.ToJsonString());

        Assert.Null(result.Reason);
        Assert.All(row.Expected, expected => Assert.Equal((expected.Pointer, expected.Value), (expected.Pointer, Text(result[expected.Pointer]))));
    }

    private static string? Text(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.String ? (string?)node : node?.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static Form Time(string name, string given, string expected, string? assumed = null) =>
        new($"eventTime: {name}", $"\"eventTime\":\"{given}\"", ("/eventTime", expected), ("/trailgate/given/eventTime", given == expected ? null : given), ("/trailgate/assumed", assumed is null ? null : $"[\"{assumed}\"]"));

    private static Form Code(int code, string severity) =>
        new($"severity: by code {code}", $"\"reason\":{{\"reasonCode\":{code}}}", ("/severity", severity), ("/trailgate/given/severity", severity == "normal" ? null : "normal"));

    private static Form Severity(string verb, string severity) =>
        new($"severity: by action {verb}", $"\"action\":\"a.b.{verb}\"", ("/severity", severity), ("/trailgate/given/severity", severity == "normal" ? null : "normal"));

    private static Form Outcome(string given, string expected) =>
        new($"outcome: '{given}'", $"\"outcome\":\"{given}\"", ("/outcome", expected), ("/trailgate/given/outcome", given == expected ? null : given));

    private static Form Kept(string member, string json) =>
        new($"{member}: {json}", $"\"{member}\":{json}", ($"/{member}", json[0] == '"' ? json[1..^1] : json), ("/trailgate/given", null));

    private static Form Extra(string member, string json) =>
        new($"{member}: not of the design", $"\"{member}\":{json}", ($"/extensions/{member}", json[0] == '"' ? json[1..^1] : json));

    private static Form Crn(string crn, string region, string? given = null) =>
        new($"logSourceCRN: '{crn}'", $"\"logSourceCRN\":\"{crn}\"", ("/logSourceCRN", crn), ("/trailgate/region", region), ("/trailgate/given/region", given));

    private sealed record Form(string Name, string Members, params (string Pointer, string? Value)[] Expected);
}
