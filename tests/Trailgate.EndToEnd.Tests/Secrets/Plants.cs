using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Trailgate.EndToEnd.Tests.Secrets;

/// <summary>A request with secrets in it, each of them unlike all others.</summary>
/// <param name="Place">Where they are hidden.</param>
/// <param name="ContentType">What the request says it carries.</param>
/// <param name="Body">The body.</param>
/// <param name="Events">How many events it holds; the rest are no events.</param>
/// <param name="Items">How many items it holds.</param>
internal sealed record Plant(string Place, string ContentType, string Body, int Events, int Items);

/// <summary>
/// Secrets in all the places where audit events carry them: by name, by shape and as the body of a secret; at any depth,
/// in texts, texts of JSON and Base64, in what is no event, and in events too large to be kept whole.
/// </summary>
internal sealed class Plants
{
    /// <summary>What every secret begins with, in some letter case, and nothing else does.</summary>
    public const string Mark = "pl4nt";

    // § stands for the secret, ¤ for its number, N for the name of a secret.
    private const string Alerting = """ "action":"codeengine.application.delete","outcome":"failure","eventTime":"2026-11-22T05:54:00Z","correlationId":"c¤","logSourceCRN":"crn:v1:bluemix:public:codeengine:eu-de:a/1:p::" """;

    private const string Silent = """ "action":"codeengine.application.read","outcome":"success","eventTime":"2026-11-22T06:54:00Z","correlationId":"c¤","logSourceCRN":"crn:v1:bluemix:public:codeengine:us-south:a/1:p::" """;

    private static readonly string Long = new('x', 20_000);

    private static readonly string[] Names =
    [
        "password", "PASSWD", "Secret", "token", "apikey", "API_KEY", "Authorization", "private_key", "clientSecret", "ConnectionString", "access-key", "x-api-key",
        "db.password", "refreshToken", "Set-Cookie", "passphrase", "sshKey", "old_password", "SharedAccessSignature", "DB_PASSWORD",
    ];

    /// <summary>By name, in events.</summary>
    private static readonly string[] NamedPlaces =
    [
        "{@alerting,\"N\":\"§\"}",
        "{@silent,\"N\":{\"a\":[\"§\",{\"b\":\"§\"}]}}",
        "{@silent,\"requestData\":{\"N\":\"§\"}}",
        "{@silent,\"responseData\":" + Deep("{\"N\":\"§\"}") + "}",
        "{@silent,\"responseData\":@text({\"N\":\"§\"})}",
        "{@silent,\"requestData\":{\"a\":@text({\"b\":@text({\"N\":\"§\"})})}}",
        "{@silent,\"config\":\"@base64({\"N\":\"§\"})\"}",
        "{@silent,\"requestData\":{\"config\":\"read @base64({\"N\":\"§\",\"n\":\"???>>>\"}) from it\"}}",
        "{@silent,\"requestData\":{\"headers\":[{\"name\":\"Accept\",\"value\":\"*/*\"},{\"name\":\"N\",\"value\":\"§\"}]}}",
        "{@silent,\"requestData\":{\"headers\":{\"Accept\":[\"*/*\"],\"N\":[\"§\",\"§\"]}}}",
        "{@silent,\"name\":\"N\",\"value\":\"§\"}",
        "{@alerting,\"target\":{\"id\":\"t\",\"name\":\"--N=§\",\"attachments\":[{\"name\":\"payload\",\"content\":@text({\"N\":\"§\"})}]}}",
        "{@alerting,\"initiator\":{\"id\":\"i\",\"name\":\"me\",\"credential\":{\"type\":\"token\",\"N\":\"§\"}}}",
        "{@alerting,\"message\":\"run with N=§ and so on\",\"reason\":{\"reasonCode\":400,\"reasonForFailure\":\"{\\\"N\\\": \\\"§\\\"} is refused\"}}",
        "{@alerting,\"observer\":{\"name\":\"o\",\"N\":\"§\"},\"tags\":[\"GET /x?a=1&N=§§ HTTP/1.1\"]}",
        "{\"payload\":{@alerting},\"meta\":{\"N\":\"§\"},\"N\":\"§\"}",
        "{\"Time\":\"2026-11-22T05:54:00Z\",\"line\":@text({@silent,\"N\":\"§\"}),\"Hostname\":\"N=§\"}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s?N=§§\",\"type\":\"t\",\"N\":\"§\",\"data\":{@silent}}",
        "{@silent,\"requestData\":{\"pad\":\"@long\",\"N\":\"§\"},\"responseData\":\"@base64({\"pad\":\"@long\",\"N\":\"§\"})\"}",
        "{@alerting,\"message\":\"@long N=§\",\"initiator\":{\"id\":\"i\",\"host\":{\"agent\":\"@long N=§ @long\"}}}",
    ];

    /// <summary>By name, in what is no event.</summary>
    private static readonly string[] NamedOutside =
    [
        "{\"correlationId\":\"c¤\",\"N\":\"§\",\"b\":{\"N\":\"§\"}}",
        "{\"lines\":[{\"line\":\"cut {\\\"correlationId\\\":\\\"c¤\\\",\\\"N\\\":\\\"§\\\",\"}]}",
        "{@silent,\"a\":{\"b\":1,\"b\":2},\"N\":\"§\"}",
    ];

    /// <summary>By shape, in events; those of whole values only in the first ones.</summary>
    private static readonly string[] ShapePlaces =
    [
        "{@alerting,\"note\":[\"a\",\"S\"]}",
        "{@silent,\"requestData\":" + Deep("[\"S\"]") + "}",
        "{@silent,\"requestData\":@text({\"a\":\"S\"})}",
        "{@silent,\"requestData\":{\"config\":\"@base64({\"a\":\"S\"})\"}}",
        "{@silent,\"requestData\":{\"pad\":\"@long\"},\"note\":\"S\"}",
        "{\"meta\":{\"a\":\"S\"},\"payload\":{@silent}}",
        "{@alerting,\"message\":\"it was S before\",\"target\":{\"id\":\"t\",\"name\":\"a S\"},\"initiator\":{\"id\":\"i S\",\"host\":{\"agent\":\"S\"}}}",
        "{@alerting,\"reason\":{\"reasonCode\":500,\"reasonForFailure\":\"can not use S here\"},\"S\":\"as a name\"}",
        "{@silent,\"message\":\"@long S\"}",
    ];

    private static readonly string[] WholeShapes =
    [
        "§" + "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789", // an IBM Cloud API key: 44 characters
    ];

    private static readonly string[] Shapes =
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJ§.§",
        "-----BEGIN RSA PRIVATE KEY-----\\n§\\n-----END RSA PRIVATE KEY-----",
        "AKIA§ABCDEFGH",
        "ghp_§0123456789012345678901234567",
        "github_pat_§0123456789abcdefghijkl",
        "xoxb-§-123456789012",
        "postgres://user:§@host:5432/db",
        "Bearer §0123456789",
        "Basic @base64(user:§)",
        "user:§@tcp(127.0.0.1:3306)/db",
    ];

    private static readonly string[] SecretActions =
    [
        "codeengine.secret.create", "codeengine.configmap.update", "kms.keys.import", "secrets-manager.arbitrary-secret.delete", "iam-identity.serviceid-apikey.create",
        "CodeEngine.SECRET.Read", "create/secret", "vault.key.rotate",
    ];

    /// <summary>In the bodies of actions on secrets, where neither name nor shape tells. A stands for the action.</summary>
    private static readonly string[] BodyPlaces =
    [
        "{@secret,\"requestData\":{\"name\":\"db\",\"data\":{\"user\":\"§\",\"list\":[\"§\"]}}}",
        "{@secret,\"responseData\":@text({\"material\":\"§\"})}",
        "{@secret,\"requestData\":\"just §\"}",
        "{@secret,\"requestData\":\"@base64({\"a\":\"§\"})\"}",
        "{@secret,\"requestObject\":{\"a\":\"§\"},\"responseBody\":[\"§\"]}",
        "{@secret,\"requestData\":{\"pad\":\"@long\",\"a\":\"§\"}}",
        "{\"payload\":@text({@secret,\"responseData\":{\"a\":\"§\"}}),\"meta\":{}}",
    ];

    private static readonly string[] BodyOutside =
    [
        "{@secret,\"requestData\":{\"a\":\"§\",\"a\":\"§\"}}",
        "{\"payload\":@text({@secret,\"requestData\":{\"a\":\"§\",\"a\":\"§\"}}),\"meta\":{}}",
        "{\"alert_definition\":{\"id\":\"c¤\"},\"log_example_truncated\":true,\"log_example\":\"{\\\"action\\\":\\\"A\\\",\\\"requestData\\\":{\\\"a\\\":\\\"§...\"}",
    ];

    /// <summary>Broken lines: no JSON.</summary>
    private static readonly string[] NamedBroken = ["{\"correlationId\":\"c¤\",\"N\":\"§\",", "{\"correlationId\":\"c¤\",\"N\" : {\"a\":[\"§\",\"", "<4>Nov 22 app: N=§ {\"correlationId\":\"c¤\""];

    private static readonly string[] ShapeBroken = ["{\"correlationId\":\"c¤\",\"a\":\"S\",", "app failed: S"];

    private static readonly string[] BodyBroken = ["{\"action\":\"A\",\"requestData\":{\"a\":\"§\"", "{\"requestData\":{\"a\":\"§\"},\"correlationId\":\"c¤\",\"acti"];

    private readonly Random _random;

    private Plants(int seed) => _random = new Random(seed);

    /// <summary>How many secrets were planted.</summary>
    public int Count { get; private set; }

    public List<Plant> All { get; } = [];

    /// <summary>All of them; the seed chooses letter cases and what is escaped.</summary>
    public static Plants Make(int seed)
    {
        var plants = new Plants(seed);
        plants.AddEach(NamedPlaces, Names, 'N', isEvent: true);
        plants.AddEach(NamedOutside, Names, 'N', isEvent: false);
        plants.AddEach(ShapePlaces, Shapes, 'S', isEvent: true);
        plants.AddEach(ShapePlaces[..5], WholeShapes, 'S', isEvent: true);
        plants.AddEach(BodyPlaces, SecretActions, 'A', isEvent: true);
        plants.AddEach(BodyOutside, SecretActions, 'A', isEvent: false);
        plants.AddLines(NamedBroken, Names, 'N');
        plants.AddLines(ShapeBroken, Shapes, 'S');
        plants.AddLines(BodyBroken, SecretActions, 'A');
        plants.AddKubernetes();
        return plants;
    }

    /// <summary>One body a place: an array with an event for each kind of secret.</summary>
    private void AddEach(string[] places, string[] kinds, char sign, bool isEvent)
    {
        foreach (var place in places)
        {
            var items = kinds.Select(kind => Fill(place, kind, sign)).ToList();
            All.Add(new Plant(place, "application/json", $"[{string.Join(",\n", items)}]", isEvent ? items.Count : 0, items.Count));
        }
    }

    private void AddLines(string[] places, string[] kinds, char sign)
    {
        foreach (var place in places)
        {
            var lines = kinds.Select(kind => Fill(place, kind, sign)).ToList();
            var type = place[0] == '{' ? "application/x-ndjson" : "text/plain";
            All.Add(new Plant(place, type, string.Join('\n', lines), 0, lines.Count));
        }
    }

    private void AddKubernetes()
    {
        const string Event = """{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"c¤","stage":"ResponseComplete","verb":"create","user":{"username":"me"},"objectRef":{"resource":"R","namespace":"n","name":"db"},"requestObject":{"metadata":{"name":"db"},"type":"Opaque","K":{"user":"§"}},"responseObject":{"K":{"user":"§"}},"responseStatus":{"code":201}}""";
        var events = new[] { "secrets", "configmaps" }
            .SelectMany(resource => new[] { "data", "stringData", "binaryData" }.Select(key => Fill(Event.Replace("\"R\"", $"\"{resource}\"", StringComparison.Ordinal).Replace("\"K\"", $"\"{key}\"", StringComparison.Ordinal), "", '\0')))
            .ToList();
        All.Add(new Plant("Kubernetes", "application/json", "{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"items\":[" + string.Join(',', events) + "]}", events.Count, events.Count));
    }

    private string Fill(string place, string kind, char sign)
    {
        var text = place.Replace("@alerting", Alerting, StringComparison.Ordinal).Replace("@silent", Silent, StringComparison.Ordinal)
            .Replace("@secret", Silent.Replace("codeengine.application.read", "A", StringComparison.Ordinal), StringComparison.Ordinal);
        text = sign switch
        {
            // A word of its own: not the N of another one.
            'N' => text.Replace("\"N\"", $"\"{AnyCase(kind)}\"", StringComparison.Ordinal).Replace("\"N\\\"", $"\"{kind}\\\"", StringComparison.Ordinal).Replace("N=", $"{kind}=", StringComparison.Ordinal),
            'S' => ReplaceWord(text, 'S', kind),
            'A' => text.Replace("\"A\"", $"\"{kind}\"", StringComparison.Ordinal).Replace("\"A\\\"", $"\"{kind}\\\"", StringComparison.Ordinal),
            _ => text,
        };
        var number = Count;
        for (var at = text.IndexOf('§', StringComparison.Ordinal); at >= 0; at = text.IndexOf('§', StringComparison.Ordinal))
        {
            text = string.Concat(text.AsSpan(0, at), Secret(text.AsSpan(0, at).EndsWith("AKIA", StringComparison.Ordinal)), text.AsSpan(at + 1));
        }

        return Encode(text.Replace("¤", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("@long", Long, StringComparison.Ordinal));
    }

    // Eight characters that fit into every shape.
    private string Secret(bool capitals)
    {
        var secret = string.Create(CultureInfo.InvariantCulture, $"Pl4nt{ToBase36(Count++)}");
        return capitals ? secret.ToUpperInvariant() : secret;
    }

    private static string ToBase36(int value)
    {
        const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";
        return new string([Digits[value / 36 / 36 % 36], Digits[value / 36 % 36], Digits[value % 36]]);
    }

    private string AnyCase(string name)
    {
        var cased = _random.Next(3) switch { 0 => name.ToUpperInvariant(), 1 => name.ToLowerInvariant(), _ => name };
        var at = _random.Next(cased.Length);
        return _random.Next(4) == 0 ? $"{cased[..at]}\\u{(int)cased[at]:x4}{cased[(at + 1)..]}" : cased;
    }

    private static string ReplaceWord(string text, char word, string by)
    {
        var output = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var isWord = text[i] == word && !IsLetter(i - 1) && !IsLetter(i + 1);
            output.Append(isWord ? by : text[i]);
        }

        return output.ToString();

        bool IsLetter(int i) => i >= 0 && i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] is '-' or '_' or ':' or '.');
    }

    // @text(...) is a JSON text of it, @base64(...) its Base64; the innermost first.
    private static string Encode(string text)
    {
        while (true)
        {
            var at = Math.Max(text.LastIndexOf("@text(", StringComparison.Ordinal), text.LastIndexOf("@base64(", StringComparison.Ordinal));
            if (at < 0)
            {
                return text;
            }

            var open = text.IndexOf('(', at);
            var close = Closing(text, open);
            var content = text[(open + 1)..close];
            var encoded = text[at + 1] == 't' ? JsonSerializer.Serialize(content) : Convert.ToBase64String(Encoding.UTF8.GetBytes(content));
            text = string.Concat(text.AsSpan(0, at), encoded, text.AsSpan(close + 1));
        }
    }

    private static int Closing(string text, int open)
    {
        var depth = 0;
        for (var i = open; ; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }
    }

    private static string Deep(string inner) =>
        string.Concat(Enumerable.Repeat("{\"a\":[", 12)) + inner + string.Concat(Enumerable.Repeat("]}", 12));
}
