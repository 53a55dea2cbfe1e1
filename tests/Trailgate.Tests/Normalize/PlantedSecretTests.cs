using System.Text;
using System.Text.Json;
using Trailgate.Normalize;
using static Trailgate.Tests.Normalize.Normalizing;

namespace Trailgate.Tests.Normalize;

/// <summary>
/// One secret, planted in many places. It must be nowhere: not in the line, not in the overflow, not in the reason of a
/// quarantined item, neither plainly nor behind escapes or Base64.
/// </summary>
public sealed class PlantedSecretTests
{
    private const string Secret = "hunter2Xq9zK";
    private const string Jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ";
    private const string AwsSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    private static string Quote(string text) => "\"" + JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Wrap(string json, int times) => times == 0 ? json : Wrap(Quote(json), times - 1);

    private static string InJsonTexts(int levels)
    {
        var json = "{\"password\":\"" + Secret + "\"}";
        for (var i = 0; i < levels; i++)
        {
            json = "{\"inner\":" + Quote(json) + "}";
        }

        return json;
    }

    private static string InBase64(int levels)
    {
        var json = "{\"password\":\"" + Secret + "\"}";
        for (var i = 0; i < levels; i++)
        {
            json = "{\"inner\":\"" + Base64(json) + "\"}";
        }

        return json;
    }

    public static TheoryData<string> Values() => new(Templates().Select(template => template.Replace("§", Secret, StringComparison.Ordinal)));

    private static string[] Templates() =>
    [
        // By name.
        """{"Old_PASSWORD":"§"}""",
        """{"password2":"§"}""",
        """{"passwordHash":"§"}""",
        """{"db_pwd":"§"}""",
        """{"webhookSecret":"§"}""",
        """{"secrets":["§"]}""",
        """{"x-api-key":"§"}""",
        """{"tokens":{"main":"§"}}""",
        """{"pass\u0077ord":"§"}""",
        """{"p\u0061ss\u0057ord":"\u0068unter2Xq9zK"}""",
        """{"headers":{"authorization":["§"]}}""",
        """{"headers":{"Cookie":"session=§"}}""",
        // Beside a name.
        """[{"name":"Authorization","value":"§"}]""",
        """[{"value":"§","NAME":"DB_PASS\u0057ORD"}]""",
        """[{"Header":"X-Auth-Token","Value":"§"}]""",
        """[{"key":"api_key","values":["§"]}]""",
        """[{"attribute":"password","oldValue":"§","newValue":"§"}]""",
        """[{"op":"replace","path":"/spec/db/password","value":"§"}]""",
        """{"kind":"Secret","metadata":{"name":"db"},"data":{"k":"§"}}""",
        """{"items":[{"stringData":{"k":"§"},"kind":"Secret"}]}""",
        // In texts.
        """["PATH=/bin","DB_PASSWORD=§"]""",
        """["DB_PASSWORD=begin,;&§"]""",
        """["DB_PASSWORD=with blanks §"]""",
        """["Authorization: Bearer §"]""",
        """["AUTHORIZATION: bearer abc §"]""",
        """["Cookie: a=b; session=§"]""",
        """["--password","§","--verbose"]""",
        """["--password=§"]""",
        """["Authorization","Bearer §"]""",
        """{"note":"DefaultEndpointsProtocol=https;AccountName=a;AccountKey=§==;EndpointSuffix=core.windows.net"}""",
        """{"note":"Server=db;User Id=sa;Password=§;Encrypt=true"}""",
        """{"note":"run --password § now"}""",
        """{"note":"GET /a?x=1&access_token=§&y=2"}""",
        """{"note":"https://a.blob.core.windows.net/c?sv=2020&sig=§§&se=2026"}""",
        """{"note":"body was {\"user\":\"u\",\"password\":\"§\"} here"}""",
        """{"note":"body was {\"password\": [\"a\", \"§\"], cut"}""",
        """{"note":"{'user': 'u', 'password': '§'}"}""",
        """{"note":"body was {\"user\":\"u\",\"p\\u0061ssword\":\"§\"} here"}""",
        """{"note":"<login><password>§</password></login>"}""",
        """{"note":"user: u\npassword: §\n"}""",
        """{"note":"{ :password => \"§\" }"}""",
        """{"note":"the API key: §"}""",
        """{"note":"password:§"}""",
        // By shape.
        """{"note":"postgres://user:§@host/db"}""",
        """{"note":"postgres://:§@host/db"}""",
        """{"note":"postgres://user:a/b?c#§@host/db"}""",
        """{"note":"https:\/\/user:§@host"}""",
        """{"note":"root:§@tcp(127.0.0.1:3306)/db"}""",
        """{"note":"BEARER §1234"}""",
        """{"note":"Bearer   §1234"}""",
        """["-----BEGIN PRIVATE KEY-----","§","-----END PRIVATE KEY-----"]""",
        """{"note":"PRIVATE KEY----- -----BEGIN RSA PRIVATE KEY-----\n§\n-----END RSA PRIVATE KEY-----"}""",
        """{"note":"-----BEGIN PRIVATE KEY-----\\n-----BEGIN PRIVATE KEY-----\\n§\\n-----END PRIVATE KEY-----"}""",
        """{"note":"-----BEGIN PGP PRIVATE KEY BLOCK-----\n§\n-----END PGP PRIVATE KEY BLOCK-----"}""",
        """{"https://user:§@host/":"up"}""",
        """{"Bearer §1234":1}""",
        // In texts of JSON and in Base64.
        InJsonTexts(1), InJsonTexts(3), InJsonTexts(6), InJsonTexts(8), InBase64(1), InBase64(3), InBase64(8),
        "{\"x\":" + Wrap("{\"password\":\"" + Secret + "\"}", 2) + "}",
        "{\"x\":" + Wrap("{\"password\":\"" + Secret + "\"}", 4) + "}",
        "{\"x\":" + Quote(string.Concat(Enumerable.Repeat("[", 70)) + "{\"password\":\"" + Secret + "\"}" + string.Concat(Enumerable.Repeat("]", 70))) + "}",
        "{\"x\":" + Quote("{\"password\":\"" + Secret + "\"}{\"b\":1}") + "}",
        "{\"x\":\"" + Base64("{\"password\":\"" + Secret + "\" }").TrimEnd('=') + "\"}",
        "{\"x\":\"" + Base64("{\"password\":\"" + Secret + "\" }").Replace("=", "\\u003d", StringComparison.Ordinal) + "\"}",
        "{\"x\":\"" + Base64("{\"password\":\"" + Secret + "???>>>\"}").Replace('/', '_').Replace('+', '-') + "\"}",
        "{\"x\":\"" + Base64("{\"password\":\"" + Secret + "???>>>\" }").Replace("/", "\\/", StringComparison.Ordinal) + "\"}",
        "{\"x\":\"" + Base64(" \n{\"password\":\"" + Secret + "\"}") + "\"}",
        "{\"x\":\"" + Base64("{\"password\":\"" + Secret + "\"}").Insert(20, "\\r\\n") + "\"}",
        "{\"x\":\"config is " + Base64("{\"p\\u0061ssword\":\"" + Secret + "\"}") + " as sent\"}",
        "{\"x\":\"config is " + Base64("{\"password\":\"" + Secret + "\"}") + " as sent\"}",
        "{\"x\":\"" + Base64("-----BEGIN PRIVATE KEY-----\n" + Secret + "\n-----END PRIVATE KEY-----\n") + "\"}",
        "{\"metadata\":{\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":" + Quote("{\"kind\":\"Secret\",\"data\":{\"k\":\"" + Secret + "\"}}") + "}}}",
    ];

    private static void AssertNowhere(Outcome result, string secret)
    {
        foreach (var text in new[] { result.Text, Encoding.UTF8.GetString(result.Overflow), result.Reason ?? "" })
        {
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain(secret[2..], text.Replace("\\", "", StringComparison.Ordinal), StringComparison.Ordinal);
            foreach (System.Text.RegularExpressions.Match run in System.Text.RegularExpressions.Regex.Matches(text, "[A-Za-z0-9+/_-]{12,}", System.Text.RegularExpressions.RegexOptions.NonBacktracking))
            {
                Assert.DoesNotContain(secret, Deep(run.Value, 10), StringComparison.Ordinal);
            }
        }

        using var _ = JsonDocument.Parse(result.Line);
    }

    private static string Deep(string run, int levels)
    {
        var digits = run.Replace('-', '+').Replace('_', '/');
        digits = digits[..(digits.Length / 4 * 4)];
        if (digits.Length == 0 || levels == 0)
        {
            return "";
        }

        var text = Encoding.Latin1.GetString(Convert.FromBase64String(digits));
        return text + string.Concat(System.Text.RegularExpressions.Regex.Matches(text, "[A-Za-z0-9+/_-]{12,}", System.Text.RegularExpressions.RegexOptions.NonBacktracking).Select(inner => Deep(inner.Value, levels - 1)));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void A_secret_lands_from_no_member_of_an_event(string value)
    {
        foreach (var member in new[] { "requestData", "target", "message", "correlationId", "outcome", "eventTime", "severity", "zeta" })
        {
            AssertNowhere(NormalizeEvent("{\"action\":\"a.b.update\",\"" + member + "\":" + value + "}"), Secret);
        }

        AssertNowhere(NormalizeEvent("{\"action\":\"a.b.update\",\"responseData\":" + Quote(value) + "}"), Secret);
        AssertNowhere(NormalizeEvent("{\"action\":\"a.b.update\",\"requestData\":{\"long\":\"" + new string('x', 20_000) + "\",\"list\":[" + value + "]}}"), Secret);
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void A_secret_lands_from_nothing_that_is_no_event(string value)
    {
        AssertNowhere(NormalizeEvent("{\"body\":" + value + "}"), Secret);
        AssertNowhere(NormalizeEvent("[" + value + "]"), Secret);
        AssertNowhere(NormalizeEvent("{\"action\":\"a\",\"action\":\"b\",\"body\":" + value + "}"), Secret);
        AssertNowhere(NormalizeEvent("{\"action\":\"a\",\"body\":" + new string('[', 100) + value + new string(']', 100) + "}"), Secret);
    }

    [Fact]
    public void The_secret_half_of_an_access_key_gives_way_beside_its_id()
    {
        var result = NormalizeEvent("{\"action\":\"a.b.read\",\"requestData\":{\"a\":\"AKIAIOSFODNN7EXAMPLE\",\"b\":\"" + AwsSecret + "\",\"c\":\"2fd4e1c67a2d28fced849ee1bb76e7391b93eb12\"}}");

        Assert.Equal("[redacted]", (string?)result["/requestData/b"]);
        Assert.Equal("2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", (string?)result["/requestData/c"]);
    }

    [Theory]
    [InlineData("{\"action\":\"a.b.read\",\"message\":\"key_AKIAIOSFODNN7EXAMPLE-x\"}", "AKIAIOSFODNN7EXAMPLE")]
    [InlineData("{\"action\":\"a.b.read\",\"correlationId\":\"" + Jwt + "\"}", Jwt)]
    [InlineData("{\"action\":\"a.b.read\",\"eventTime\":\"" + Jwt + "\"}", Jwt)]
    [InlineData("{\"action\":\"a.b.read\",\"" + Jwt + "\":1,\"" + Jwt + "\":2}", Jwt)]
    [InlineData("{\"action\":\"a.b.read\",\"target\":{\"" + Jwt + "\":1,\"" + Jwt + "\":2}}", Jwt)]
    [InlineData("{\"action\":\"a.b.read\",\"requestData\":{\"x\":\"AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg\\u0068\"}}", "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg")]
    [InlineData("{\"x\":{\"action\":\"codeengine.secret.create\",\"requestData\":{\"data\":{\"k\":\"hunter2Xq9zK\"}}}}", Secret)]
    [InlineData("{\"action\":\"iam.secret.read\",\"requestData\":{\"auth_code\":\"hunter2Xq9zK\"}}", Secret)]
    [InlineData("{\"action\":\"a.b.read\",\"message\":\"Basic dXNlcjpwYXNz\"}", "dXNlcjpwYXNz")]
    public void A_secret_in_an_unusual_place_gives_way(string json, string secret)
    {
        AssertNowhere(NormalizeEvent(json), secret);
    }

    [Theory]
    [InlineData("\"target\":{\"id\":\"crn:v1:bluemix:public:secrets-manager:us-south:a/1:2:secret:24ec2c34-38ee-4038-9f1d-9a629423158d\",\"name\":\"db-secret\"}")]
    [InlineData("\"target\":{\"id\":\"arn:aws:secretsmanager:us-east-1:1234:secret:name-AbCdEf\",\"typeURI\":\"secrets-manager/secret\"}")]
    [InlineData("\"requestData\":{\"secretName\":\"db\",\"keyId\":\"k-1\",\"version\":\"1.2.3\",\"etag\":\"2fd4e1c67a2d28fced849ee1bb76e7391b93eb12\"}")]
    [InlineData("\"requestData\":{\"volumes\":[{\"name\":\"v\",\"secret\":{\"secretName\":\"db\",\"defaultMode\":420}}]}")]
    [InlineData("\"requestData\":{\"env\":[{\"name\":\"DB_PASSWORD\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"db\",\"key\":\"password\"}}}]}")]
    [InlineData("\"requestData\":{\"scopes\":[\"secret:read\",\"token:write\"],\"imagePullSecrets\":[{\"name\":\"regcred\"}]}")]
    [InlineData("\"requestData\":{\"passwordPolicy\":{\"minLength\":12},\"max_tokens\":100,\"tokenType\":\"Bearer\",\"requiredActions\":[\"UPDATE_PASSWORD\",\"VERIFY_EMAIL\"]}")]
    [InlineData("\"requestData\":{\"image\":\"icr.io/ns/app@sha256:2fd4e1c67a2d28fced849ee1bb76e7391b93eb122fd4e1c67a2d28fced849ee1\",\"url\":\"https://app.example.com:8443/a@b?page=2&sort=key\"}")]
    [InlineData("\"message\":\"Error: secret: not found, token: expired by me@example.com\"")]
    [InlineData("\"message\":\"Code Engine: read application, status=ok; key=value\"")]
    [InlineData("\"initiator\":{\"id\":\"IBMid-1\",\"credential\":{\"type\":\"token\"},\"host\":{\"agent\":\"Mozilla/5.0 (X11; rv:1) Gecko=1\"}}")]
    public void Ordinary_audit_data_is_kept(string member)
    {
        var result = NormalizeEvent("{\"action\":\"codeengine.application.read\"," + member + "}");

        Assert.Contains(member, result.Text, StringComparison.Ordinal);
        Assert.Null(result["/trailgate/redacted"]);
    }

    [Fact]
    public void Base64_keeps_its_alphabet_and_padding()
    {
        var sent = Base64("{\"password\":\"x\",\"n\":\"???>>>\"}").Replace('/', '_').Replace('+', '-').TrimEnd('=');

        var stored = (string?)NormalizeEvent("{\"action\":\"a.b.read\",\"requestData\":{\"x\":\"" + sent + "\"}}")["/requestData/x"];

        Assert.Equal(Base64("{\"password\":\"[redacted]\",\"n\":\"???>>>\"}").Replace('/', '_').Replace('+', '-').TrimEnd('='), stored);
    }

    [Fact]
    public void A_secret_has_one_pseudonym_however_it_was_escaped()
    {
        var result = NormalizeEvent(
            """{"action":"a.b.update","requestData":{"password":"p/w","old_password":"p\/\u0077"}}""", new RedactionSettings { HmacKey = "a key of 16 chars" });

        Assert.Equal((string?)result["/trailgate/redacted/0/hmac"], (string?)result["/trailgate/redacted/1/hmac"]);
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void What_was_redacted_is_not_redacted_again(string value)
    {
        var first = NormalizeEvent("{\"action\":\"a.b.update\",\"requestData\":" + value + "}");

        var second = NormalizeEvent("{\"action\":\"a.b.update\",\"requestData\":" + first["/requestData"]!.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "}");

        Assert.Equal(first.Event.Id, second.Event.Id);
    }

    [Theory]
    [InlineData("{\"action\":\"x\",\"message\":\"Authorization: Basic hunter2Xq9zK", Secret)]
    [InlineData("{\"pass\\u0077ord\":\"hunter2Xq9zK\"", Secret)]
    [InlineData("{\"password\":[\"a\",\"hunter2Xq9zK\"],", Secret)]
    [InlineData("{\"password\"\r\n:\t\"hunter2Xq9zK\",", Secret)]
    [InlineData("{\"password\":{\"old\":\"]hunter2Xq9zK", Secret)]
    [InlineData("{\"password\":12345678901,", "12345678901")]
    [InlineData("{\"x\":\"{\\\"password\\\":\\\"a\\\\\\\"hunter2Xq9zK\\\"}\"", Secret)]
    public void A_secret_lands_from_no_broken_text(string text, string secret)
    {
        var output = new ByteBuffer();

        Assert.True(TextRedactor.Redact(Encoding.UTF8.GetBytes(text), new NameTraits([]), new RedactionSettings(), output));

        Assert.DoesNotContain(secret, Encoding.UTF8.GetString(output.Written), StringComparison.Ordinal);
    }
}
