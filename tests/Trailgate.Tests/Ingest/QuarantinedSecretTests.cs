using System.Text;
using static Trailgate.Tests.Ingest.Envelopes.Opening;

namespace Trailgate.Tests.Ingest;

/// <summary>
/// The body of a secret has no mark of its own: it is known by the action around it. What is no event, because it is
/// broken, cut or wrapped so that it can not be opened, must not keep it either.
/// </summary>
public sealed class QuarantinedSecretTests
{
    private const string Material = "s3cr3t-m4terial";

    private const string SecretEvent = """{"action":"codeengine.secret.create","requestData":{"data":{"db":"s3cr3t-m4terial"}},"initiator":{"id":"IBMid-1"}}""";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public static TheoryData<string, string> Kept() => new()
    {
        // Broken lines.
        { "application/x-ndjson", """{"action":"codeengine.secret.create","requestData":{"data":{"db":"s3cr3t-m4terial" """ },
        { "application/x-ndjson", """{"requestData":{"data":{"db":"s3cr3t-m4terial"}},"action":"codeengine.secret.create",}""" },
        { "application/x-ndjson", """{"requestData":{"data":{"db":"s3cr3t-m4terial"}},"act""" },
        { "application/x-ndjson", """{"requestData":"{\"data\":{\"db\":\"s3cr3t-m4terial\"}}","action":"kms.secr""" },
        { "application/x-ndjson", """{"\u0061ction":"kms.s\u0065crets.create","responseData":["s3cr3t-m4terial" """ },
        { "application/x-ndjson", """{"line":"{\"action\" : \"kms.keys.import\",\"requestData\":{\"a\":\"s3cr3t-m4terial\"}}",}""" },
        { "application/x-ndjson", """{"objectRef":{"resource":"secrets"},"requestObject":{"x":"s3cr3t-m4terial"},""" },
        { "application/x-ndjson", """{"requestObject":{"x":"s3cr3t-m4terial"},"verb":"create",""" },
        { "text/plain", """Nov 22 host app: {"action":"codeengine.configmap.update","responseData":{"a":"s3cr3t-m4terial"}""" },
        { "text/plain", """Nov 22 host app: {"responseData":{"a":"s3cr3t-m4terial"}""" },
        // Texts that were cut, in JSON that is whole.
        { "application/json", """{"alert_definition":{"id":"a","name":"n"},"log_example_truncated":true,"log_example":"{\"action\":\"codeengine.secret.create\",\"requestData\":{\"data\":{\"db\":\"s3cr3t-m4terial..."}""" },
        { "application/json", """{"alert_definition":{"id":"a","name":"n"},"log_example_truncated":true,"log_example":"{\"requestData\":{\"data\":{\"db\":\"s3cr3t-m4terial..."}""" },
        { "application/json", """{"lines":[{"line":"{\"requestData\":\"{\\\"data\\\":{\\\"db\\\":\\\"s3cr3t-m4terial"}]}""" },
        { "application/json", """{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"§"}""".Replace("§", Base64(SecretEvent[..80]), StringComparison.Ordinal) },
        { "application/json", """{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"§"}""".Replace("§", Base64(SecretEvent)[..97], StringComparison.Ordinal) },
        { "application/json", """{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"§"}""".Replace("§", Base64("{" + SecretEvent[36..91]), StringComparison.Ordinal) },
        // Events that are refused, in texts and Base64.
        { "application/json", """{"payload":"{\"action\":\"codeengine.secret.create\",\"requestData\":{\"a\":1,\"a\":\"s3cr3t-m4terial\"}}"}""" },
        { "application/json", """{"any":["{\"line\":\"{\\\"action\\\":\\\"kms.keys.import\\\",\\\"requestData\\\":\\\"s3cr3t-m4terial\\\"}\"}"]}""" },
        { "application/json", """{"any":"§"}""".Replace("§", Base64(SecretEvent), StringComparison.Ordinal) },
    };

    [Theory]
    [MemberData(nameof(Kept))]
    public void The_body_of_a_secret_stays_out_of_the_quarantine(string contentType, string body)
    {
        var item = OpenQuarantined(body, contentType);

        Assert.DoesNotContain(Material, item.Line, StringComparison.Ordinal);
        foreach (System.Text.RegularExpressions.Match run in System.Text.RegularExpressions.Regex.Matches(item.Line, "[A-Za-z0-9+/]{12,}", System.Text.RegularExpressions.RegexOptions.NonBacktracking))
        {
            var digits = run.Value[..(run.Value.Length / 4 * 4)];
            Assert.DoesNotContain("s3cr3t", Encoding.Latin1.GetString(Convert.FromBase64String(digits)), StringComparison.Ordinal);
        }

        Assert.Contains("\"redacted\":[{\"pointer\":\"/content", item.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_cut_event_whose_action_can_not_be_seen_only_the_bodies_are_missing()
    {
        var item = OpenQuarantined("""{"initiator":{"id":"IBMid-1"},"requestData":{"a":{"b":"c"}},"message":"delete it","tar""", "application/x-ndjson");

        Assert.Equal("""{"initiator":{"id":"IBMid-1"},"requestData":[redacted],"message":"delete it","tar""", (string?)item.Content);
    }

    [Theory]
    [InlineData("""{"initiator":{"id":"IBMid-1"},"action":"codeengine.app.create","requestData":{"a":{"b":"c"}},"tar""")]
    [InlineData("""{"initiator":{"id":"IBMid-1"},"action":"codeengine.app.cre""")]
    [InlineData("""no JSON at all: "quoted" and {braces}""")]
    public void A_broken_text_that_handles_no_secret_is_kept_whole(string text) =>
        Assert.Equal(text, (string?)OpenQuarantined(text, "application/x-ndjson").Content);

    [Fact]
    public void Turned_off_the_rule_keeps_the_bodies()
    {
        var off = new Trailgate.Normalize.RedactionSettings { Bodies = false };

        var result = Normalize.Normalizing.NormalizeEvent("""{"x":"{\"requestData\":{\"a\":\"b\"},"}""", off);

        Assert.Equal("""{"requestData":{"a":"b"},""", (string?)result["/quarantined/content/x"]);
    }
}
