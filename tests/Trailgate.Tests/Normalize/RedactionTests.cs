using System.Security.Cryptography;
using System.Text;
using Trailgate.Normalize;
using static Trailgate.Tests.Normalize.Normalizing;

namespace Trailgate.Tests.Normalize;

public sealed class RedactionTests
{
    private const string Jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ";

    [Theory]
    [InlineData("password")]
    [InlineData("Passwd")]
    [InlineData("API-KEY")]
    [InlineData("apiKey")]
    [InlineData("client_secret")]
    [InlineData("private_key")]
    [InlineData("Authorization")]
    [InlineData("connectionString")]
    [InlineData("access_key")]
    [InlineData("github_token")]
    [InlineData("DB_PASSWORD")]
    [InlineData("secret")]
    public void The_value_of_a_secret_name_gives_way_at_any_depth(string name)
    {
        var result = NormalizeEvent("{\"action\":\"a.b.update\",\"requestData\":{\"list\":[{\"" + name + "\":\"s3cr3t-value\"}]}}");

        Assert.Equal("[redacted]", (string?)result[$"/requestData/list/0/{name}"]);
        Assert.Equal($"/requestData/list/0/{name}", (string?)result["/trailgate/redacted/0/pointer"]);
        Assert.DoesNotContain("s3cr3t-value", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nextPageToken")]
    [InlineData("keyId")]
    [InlineData("tokenType")]
    [InlineData("secretName")]
    public void Names_that_only_sound_like_secrets_keep_their_values(string name)
    {
        var result = NormalizeEvent("{\"action\":\"a.b.update\",\"requestData\":{\"" + name + "\":\"value\"}}");

        Assert.Equal("value", (string?)result[$"/requestData/{name}"]);
        Assert.Null(result["/trailgate/redacted"]);
    }

    [Fact]
    public void Everything_below_a_secret_name_gives_way_but_truth_values()
    {
        var result = NormalizeEvent("""{"action":"a.b.update","requestData":{"password":{"old":"a","new":["b",7],"changed":true,"none":null}}}""");

        Assert.Equal("""{"old":"[redacted]","new":["[redacted]","[redacted]"],"changed":true,"none":null}""", result["/requestData/password"]!.ToJsonString());
        Assert.Equal("/requestData/password/new/1", (string?)result["/trailgate/redacted/2/pointer"]);
    }

    [Theory]
    [InlineData("""{"name":"DB_PASSWORD","value":"s3cr3t-value"}""")]
    [InlineData("""{"type":"literal","value":"s3cr3t-value","name":"DB_PASSWORD"}""")]
    [InlineData("""{"key":"Authorization","value":"s3cr3t-value"}""")]
    public void A_value_gives_way_when_the_name_beside_it_names_a_secret(string pair)
    {
        var result = NormalizeEvent("{\"action\":\"codeengine.application.update\",\"requestData\":{\"env\":[{\"name\":\"MODE\",\"value\":\"fast\"}," + pair + "]}}");

        Assert.Equal("fast", (string?)result["/requestData/env/0/value"]);
        Assert.Equal("[redacted]", (string?)result["/requestData/env/1/value"]);
        Assert.DoesNotContain("s3cr3t-value", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"DB_PASSWORD","value":"s3cr3t-value"}""", "/extensions/value")]
    [InlineData("""{"value":"s3cr3t-value","zzz":1,"key":"pass\u0077ord","eventTime":"2026-11-22T05:54:00Z"}""", "/extensions/value")]
    [InlineData("""{"v":{"deep":["s3cr3t-value"]},"k":"api_key"}""", "/extensions/v/deep/0")]
    [InlineData("""{"kind":"Secret","data":{"a":"s3cr3t-value"}}""", "/extensions/data/a")]
    [InlineData("""{"stringData":{"a":"s3cr3t-value"},"kind":"ConfigMap"}""", "/extensions/stringData/a")]
    public void It_gives_way_at_the_top_of_an_event_as_well(string members, string place)
    {
        var result = NormalizeEvent(members.Insert(1, "\"action\":\"a.b.update\","));

        Assert.Equal("[redacted]", (string?)result[place]);
        Assert.Equal(place, (string?)result["/trailgate/redacted"]!.AsArray().Single()!["pointer"]);
        Assert.DoesNotContain("s3cr3t-value", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_at_the_top_is_kept_beside_a_name_that_names_no_secret()
    {
        var result = NormalizeEvent("""{"action":"a.b.update","name":"MODE","value":"fast","kind":"Job","data":{"a":"b"}}""");

        Assert.Equal("""{"data":{"a":"b"},"kind":"Job","name":"MODE","value":"fast"}""", result["/extensions"]!.ToJsonString());
    }

    [Theory]
    [InlineData("codeengine.secret.create")]
    [InlineData("codeengine.configmap.update")]
    [InlineData("kms.secrets.create")]
    [InlineData("iam.apikey.create")]
    [InlineData("Vault.Keys.import")]
    [InlineData("kms.s\\u0065crets.create")]
    [InlineData("create\\/secret")]
    public void Bodies_of_secrets_and_keys_keep_only_what_describes(string action)
    {
        var result = NormalizeEvent($$"""
            {"action":"{{action}}","requestData":{"verb":"create","name":"db","format":"generic","data":{"host":"h1","port":5432},"note":"hidden too"},
             "responseData":{"id":"1","payload":"c2VjcmV0"} }
            """);

        Assert.Equal(
            """{"verb":"create","name":"db","format":"generic","data":{"host":"[redacted]","port":"[redacted]"},"note":"[redacted]"}""",
            result["/requestData"]!.ToJsonString());
        Assert.Equal("""{"id":"1","payload":"[redacted]"}""", result["/responseData"]!.ToJsonString());
    }

    [Fact]
    public void When_something_happened_to_a_key_is_kept()
    {
        var result = NormalizeEvent("""{"action":"kms.secrets.ack-rotate","responseData":{"eventAckData":{"eventAckTimeStamp":"2020-05-13T14:10:12Z"}}}""");

        Assert.Equal("2020-05-13T14:10:12Z", (string?)result["/responseData/eventAckData/eventAckTimeStamp"]);
    }

    [Fact]
    public void Bodies_of_other_actions_are_kept()
    {
        var result = NormalizeEvent("""{"action":"codeengine.application.create","requestData":{"note":"seen","data":{"a":"b"}}}""");

        Assert.Equal("""{"note":"seen","data":{"a":"b"}}""", result["/requestData"]!.ToJsonString());
    }

    [Theory]
    [InlineData("login with " + Jwt + " done", "login with [redacted] done")]
    [InlineData("key AKIAIOSFODNN7EXAMPLE used", "key [redacted] used")]
    [InlineData("push by ghp_abcdefghijklmnopqrstuvwxyz0123456789", "push by [redacted]")]
    [InlineData("clone https://bob:hunter22@git.example.com/r.git", "clone https://bob:[redacted]@git.example.com/r.git")]
    [InlineData("header Authorization: Bearer abc123def456ghi789", "header Authorization: [redacted]")]
    [InlineData("sent Bearer abc123def456ghi789", "sent Bearer [redacted]")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----MIIE-----END RSA PRIVATE KEY-----", "[redacted]")]
    public void Secrets_by_shape_give_way_inside_texts(string message, string expected)
    {
        var result = NormalizeEvent("{\"action\":\"a.b.read\",\"message\":\"" + message + "\"}");

        Assert.Equal(expected, (string?)result["/message"]);
        Assert.Equal("/message", (string?)result["/trailgate/redacted/0/pointer"]);
    }

    [Theory]
    [InlineData("mail bob@example.com about http://example.com/a:b@c")]
    [InlineData("the basic plan of the bearer of news")]
    [InlineData("eyJust a word.")]
    [InlineData("AKIA is a prefix")]
    [InlineData("ghp_short")]
    public void Texts_that_only_resemble_secrets_are_kept(string message)
    {
        var result = NormalizeEvent("{\"action\":\"a.b.read\",\"message\":\"" + message + "\"}");

        Assert.Equal(message, (string?)result["/message"]);
    }

    [Fact]
    public void Secrets_inside_a_text_of_json_give_way_and_it_stays_a_text()
    {
        var result = NormalizeEvent("""{"action":"a.b.update","responseData":{"body":"{\"user\":\"u\",\"inner\":\"{\\\"password\\\":\\\"s3cr3t\\\"}\"}"}}""");

        Assert.Equal("""{"user":"u","inner":"{\"password\":\"[redacted]\"}"}""", (string?)result["/responseData/body"]);
        Assert.Equal("/responseData/body/inner/password", (string?)result["/trailgate/redacted/0/pointer"]);
    }

    [Fact]
    public void Secrets_inside_base64_of_json_give_way_and_it_stays_base64()
    {
        var encoded = Convert.ToBase64String("""{"user":"u","password":"s3cr3t"}"""u8);

        var result = NormalizeEvent("{\"action\":\"a.b.update\",\"responseData\":{\"config\":\"" + encoded + "\"}}");

        var stored = Convert.FromBase64String((string?)result["/responseData/config"] ?? "");
        Assert.Equal("""{"user":"u","password":"[redacted]"}""", Encoding.UTF8.GetString(stored));
        Assert.Equal("/responseData/config/password", (string?)result["/trailgate/redacted/0/pointer"]);
    }

    [Theory]
    [InlineData("eyJub3RoaW5nIjoic2VjcmV0In0=")]
    [InlineData("ey12345678901234")]
    [InlineData("W3siYSI6")]
    public void Base64_without_a_secret_is_kept_as_it_came(string text)
    {
        var result = NormalizeEvent("{\"action\":\"a.b.update\",\"responseData\":{\"config\":\"" + text + "\"}}");

        Assert.Equal(text, (string?)result["/responseData/config"]);
    }

    [Fact]
    public void An_escaped_name_hides_no_secret()
    {
        var result = NormalizeEvent("""{"action":"a.b.update","requestData":{"pass\u0077ord":"s3cr3t"}}""");

        Assert.Equal("[redacted]", (string?)result["/requestData/password"]);
    }

    [Fact]
    public void An_escaped_token_hides_no_secret()
    {
        var result = NormalizeEvent("{\"action\":\"a.b.update\",\"message\":\"\\u0065" + Jwt[1..] + "\"}");

        Assert.Equal("[redacted]", (string?)result["/message"]);
    }

    [Fact]
    public void With_a_key_equal_secrets_have_equal_pseudonyms()
    {
        var settings = new RedactionSettings { HmacKey = "a key of 16 chars" };

        var result = NormalizeEvent("""{"action":"a.b.update","requestData":{"password":"x","old":{"password":"x"}}}""", settings);

        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("a key of 16 chars"), "x"u8));
        Assert.Equal(expected, (string?)result["/trailgate/redacted/0/hmac"]);
        Assert.Equal(expected, (string?)result["/trailgate/redacted/1/hmac"]);
    }

    [Fact]
    public void The_key_of_the_pseudonyms_does_not_change_the_id()
    {
        const string Json = """{"action":"a.b.update","requestData":{"password":"x"}}""";

        Assert.Equal(
            NormalizeEvent(Json).Event.Id,
            NormalizeEvent(Json, new RedactionSettings { HmacKey = "a key of 16 chars" }).Event.Id);
    }

    [Fact]
    public void Sixteen_redactions_are_listed_and_all_are_counted()
    {
        var members = string.Join(',', Enumerable.Range(0, 20).Select(i => "{\"password\":\"x" + i + "\"}"));

        var result = NormalizeEvent("{\"action\":\"a.b.update\",\"requestData\":[" + members + "]}");

        Assert.Equal(16, result["/trailgate/redacted"]!.AsArray().Count);
        Assert.Equal(20, (int?)result["/trailgate/redactedCount"]);
        Assert.DoesNotContain("x19", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_rule_can_be_turned_off()
    {
        const string Json = """{"action":"codeengine.secret.create","message":"https://a:b1234567@h/","requestData":{"password":"p","data":{"k":"v"}}}""";
        var off = new RedactionSettings { Bodies = false, Names = false, Shapes = false };

        Assert.Null(NormalizeEvent(Json, off)["/trailgate/redacted"]);
        Assert.Equal(3, NormalizeEvent(Json)["/trailgate/redacted"]!.AsArray().Count);
    }

    [Fact]
    public void Names_from_the_settings_are_secrets_too()
    {
        var result = NormalizeEvent("""{"action":"a.b.update","requestData":{"Pin_Code":"1234"}}""", new RedactionSettings { MoreNames = "pincode, other" });

        Assert.Equal("[redacted]", (string?)result["/requestData/Pin_Code"]);
    }

    [Fact]
    public void The_quarantine_is_redacted_as_well()
    {
        var json = NormalizeEvent("""{"noaction":1,"password":"s3cr3t"}""");
        var broken = NormalizeEvent("""{"action":"a","action":"b","message":"password = s3cr3t-value"}""");

        Assert.DoesNotContain("s3cr3t", json.Text, StringComparison.Ordinal);
        Assert.Equal("/content/password", (string?)json["/quarantined/redacted/0/pointer"]);
        Assert.NotNull(broken.Reason);
    }

    [Theory]
    [InlineData("""{"user":"u","password":"s3cr3t","x":1""", """{"user":"u","password":"[redacted]","x":1""")]
    [InlineData("api_key=s3cr3t&a=1", "api_key=[redacted]&a=1")]
    [InlineData("token: s3cr3t", "token: [redacted]")]
    [InlineData("""{\"password\":\"s3cr3t\"}""", """{\"password\":\"[redacted]\"}""")]
    [InlineData("""{"password":"ab\"cd", "x""", """{"password":"[redacted]", "x""")]
    [InlineData("no secrets: here", "no secrets: here")]
    public void A_text_that_is_no_json_is_redacted_by_what_follows_a_name(string text, string expected)
    {
        var output = new ByteBuffer();

        TextRedactor.Redact(Encoding.UTF8.GetBytes(text), new NameTraits([]), new RedactionSettings(), output);

        Assert.Equal(expected, Encoding.UTF8.GetString(output.Written));
    }

    [Theory]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "\\u0041KIAIOSFODNN7EXAMPLE")]
    [InlineData("id AKIAIOSFODNN7EXAMPLE", "id\\u0020AKIAIOSFODNN7EXAMPLE")]
    [InlineData("id/AKIAIOSFODNN7EXAMPLE", "id\\/AKIAIOSFODNN7EXAMPLE")]
    public void A_secret_beside_the_id_of_an_AWS_key_is_found_however_the_id_is_escaped(string id, string escaped)
    {
        var plain = NormalizeEvent(Event(id));
        Assert.Equal("[redacted]", (string?)plain["/requestData/other"]);
        Assert.Equal(plain.Event.Id, NormalizeEvent(Event(escaped)).Event.Id);

        static string Event(string id) =>
            $$$"""{"action":"a.b.create","requestData":{"first":"{{{id}}}","other":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}}""";
    }
}
