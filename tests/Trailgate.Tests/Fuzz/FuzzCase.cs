using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Trailgate.Tests.Fuzz;

/// <summary>A body, and what is known of it beforehand.</summary>
internal sealed record FuzzCase(string Kind, byte[] Body, string ContentType)
{
    /// <summary>For each item whether it must be an event; null where that can not be known.</summary>
    public bool[]? Expected { get; init; }

    /// <summary>The same events, written otherwise: their ids must be the same. Null when there is no such body.</summary>
    public byte[]? Again { get; init; }

    /// <summary>How many items there are at least, when the body is not refused.</summary>
    public int AtLeast { get; init; }
}

/// <summary>Makes cases from nothing but a random number generator and the seeds.</summary>
internal sealed class FuzzCases
{
    /// <summary>What planted secrets hold, and nothing else does.</summary>
    public const string Mark = "pl4ntedfz";

    private const int MaxDepth = 64;
    private const int HugeBytes = 10 * 1024 * 1024;

    private static readonly string[] SecretNames = ["password", "API-Key", "client_secret", "privateKey", "x-auth-token", "DB_PASSWD", "connectionString"];

    private static readonly string[] ContentTypes =
        ["application/json", "application/x-ndjson", "text/plain", "application/cloudevents+json", "application/cloudevents-batch+json", "application/json; charset=utf-8"];

    private static readonly string[] Splices =
    [
        "\"", "{", "}", "[", "]", ",", ":", "null", "{}", "[]", "\"\"", "1e999", "\\ud800", "\\u0000", "\\", "\\\"", "😀", "\n", "\r\n", "\"action\":", "\"action\":\"a.b.delete\",", ".",
        "%", "\uFEFF", "\0", "<34>1 2026-11-22T05:54:01.003Z host app 77 ID47 - ", "\"specversion\":\"1.0\",", "\"payload\":", "\"line\":", "\"lines\":[", "eyJ", "\"password\":\"",
    ];

    private readonly Random _random;
    private readonly Mutator _mutator;

    public FuzzCases(Random random)
    {
        _random = random;
        _mutator = new Mutator(random, FuzzSeeds.All);
    }

    public FuzzCase Next(bool huge) => huge ? Huge() : _random.Next(20) switch
    {
        < 11 => Structured(),
        < 17 => Damaged(),
        < 18 => Noise(),
        _ => Nested(),
    };

    // Items whose number and fate are known: whatever was changed, each is JSON and an item of its own.
    private FuzzCase Structured()
    {
        var items = new List<ObjectNode>();
        for (var count = _random.Next(8) == 0 ? _random.Next(2, 12) : 1; count > 0; count--)
        {
            var item = _mutator.Next();
            if (IsPlain(item))
            {
                Plant(item);
                items.Add(item);
            }
        }

        if (items.Count == 0)
        {
            return Noise();
        }

        var expected = items.Select(IsEvent).ToArray();
        var (kind, first) = Write(items, style: _random);
        var (_, again) = Write(items.Select(Shuffled).ToList(), style: _random, kind);
        return new FuzzCase(kind, Utf8(first), kind == "lines" ? "application/x-ndjson" : "application/json") { Expected = expected, Again = Utf8(again), AtLeast = items.Count };
    }

    private (string Kind, string Json) Write(List<ObjectNode> items, Random style, string? kind = null)
    {
        var json = items.Select(item => item.ToJson(style)).ToList();
        if (items.Count == 1)
        {
            kind ??= _mutator.Pick(["bare", "array", "lines", "payload", "payload text", "line", "line text", "log lines", "oslo", "oslo message", "cloudevent", "cloudevent base64", "event grid", "events", "alert", "source", "four"]);
            return (kind, Wrap(kind, json[0]));
        }

        kind ??= _mutator.Pick(["array", "lines", "log lines", "events", "records", "cloudevent"]);
        return (kind, kind switch
        {
            "lines" => string.Join('\n', json.Select(OneLine)),
            "log lines" => $"{{\"lines\":[{string.Join(',', json.Select(line => $"{{\"line\":{Quote(line)}}}"))}]}}",
            "events" or "records" => $"{{\"{kind}\":[{string.Join(',', json)}],\"total\":{items.Count}}}",
            "cloudevent" => CloudEvent($"\"data\":[{string.Join(',', json)}]"),
            _ => $"[{string.Join(',', json)}]",
        });
    }

    private static string Wrap(string kind, string json) => kind switch
    {
        "array" => $"[{json}]",
        "lines" => OneLine(json),
        "payload" => $"{{\"meta\":{{\"a\":1}},\"payload\":{json}}}",
        "payload text" => $"{{\"payload\":{Quote(json)},\"meta\":null}}",
        "line" => $"{{\"Time\":\"2026-11-22T05:54:01Z\",\"line\":{json}}}",
        "line text" => $"{{\"line\":{Quote(json)},\"app\":\"a\"}}",
        "log lines" => $"{{\"lines\":[{{\"line\":{Quote(json)},\"app\":\"a\"}}]}}",
        "oslo" => $"{{\"event_type\":\"t\",\"publisher_id\":\"p\",\"payload\":{json}}}",
        "oslo message" => $"{{\"oslo.version\":\"2.0\",\"oslo.message\":{Quote(Wrap("oslo", json))}}}",
        "cloudevent" => CloudEvent($"\"data\":{json}"),
        "cloudevent base64" => CloudEvent($"\"data_base64\":\"{Convert.ToBase64String(Utf8(json))}\""),
        "event grid" => $"[{{\"id\":\"1\",\"topic\":\"t\",\"eventType\":\"x\",\"eventTime\":\"2026-11-22T05:54:01Z\",\"dataVersion\":\"1\",\"data\":{json}}}]",
        "events" => $"{{\"events\":[{json}]}}",
        "alert" => $"{{\"alert_definition\":{{\"id\":\"1\"}},\"log_example\":{json},\"log_example_truncated\":false}}",
        "source" => $"{{\"_source\":{{\"_line\":{Quote(json)},\"_app\":\"a\"}}}}",
        "four" => CloudEvent($"\"data\":{Wrap("oslo", Wrap("payload", Wrap("line text", json)))}"),
        _ => json,
    };

    private static string CloudEvent(string data) => $"{{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",{data}}}";

    // Good bodies with damaged bytes, under any type.
    private FuzzCase Damaged()
    {
        var (kind, json) = Write([.. Enumerable.Range(0, _random.Next(3) == 0 ? _random.Next(2, 5) : 1).Select(_ => _mutator.Next())], _random);
        var body = Utf8(json);
        for (var damages = _random.Next(1, 6); damages > 0; damages--)
        {
            body = Damage(body);
        }

        return new FuzzCase($"damaged {kind}", body, _mutator.Pick(ContentTypes));
    }

    private byte[] Damage(byte[] body)
    {
        var at = _random.Next(body.Length + 1);
        var length = Math.Min(_random.Next(3) == 0 ? _random.Next(200) : _random.Next(4), body.Length - at);
        switch (_random.Next(6))
        {
            case 0:
                return body[..at];
            case 1:
                return [.. body.AsSpan(0, at), .. body.AsSpan(at + length)];
            case 2:
                return [.. body.AsSpan(0, at), .. Utf8(_mutator.Pick(Splices)), .. body.AsSpan(at + length)];
            case 3:
                return [.. body.AsSpan(0, at), .. body.AsSpan(at, length), .. body.AsSpan(at, length), .. body.AsSpan(at + length)];
            case 4 when body.Length > 0:
                var changed = (byte[])body.Clone();
                changed[_random.Next(body.Length)] ^= (byte)(1 << _random.Next(8));
                return changed;
            default:
                return [.. body.AsSpan(0, at), (byte)_random.Next(256), .. body.AsSpan(at)];
        }
    }

    private FuzzCase Noise()
    {
        if (_random.Next(2) == 0)
        {
            var bytes = new byte[_random.Next(400)];
            _random.NextBytes(bytes);
            return new FuzzCase("bytes", bytes, _mutator.Pick(ContentTypes));
        }

        var tokens = new StringBuilder();
        for (var count = _random.Next(60); count > 0; count--)
        {
            tokens.Append(_random.Next(4) == 0 ? _mutator.Text() : _mutator.Pick(Splices));
        }

        return new FuzzCase("tokens", Utf8(tokens.ToString()), _mutator.Pick(ContentTypes));
    }

    // Nesting beyond all limits, in an event, in a text of an event, or around it.
    private FuzzCase Nested()
    {
        var levels = _random.Next(1, _random.Next(30) == 0 ? 50_000 : 300);
        var (open, close) = _mutator.Pick([("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")]);
        var inner = string.Concat(Enumerable.Repeat(open, levels)) + "1" + string.Concat(Enumerable.Repeat(close, levels));
        var json = _random.Next(3) switch
        {
            0 => $"{{\"action\":\"a.b.read\",\"target\":{{\"x\":{inner}}}}}",
            1 => $"{{\"action\":\"a.b.read\",\"requestData\":{Quote(inner)}}}",
            _ => inner,
        };
        for (var wraps = _random.Next(6); wraps > 0 && json.Length < 200_000; wraps--)
        {
            json = Wrap(_mutator.Pick(["payload", "payload text", "line", "line text", "oslo", "events", "log lines"]), json);
        }

        return new FuzzCase("nested", Utf8(json), "application/json") { AtLeast = 1 };
    }

    private FuzzCase Huge()
    {
        var piece = _mutator.Text() + "ä😀\\\"";
        var text = Quote(string.Concat(Enumerable.Repeat(piece, (HugeBytes / 2 / (piece.Length + 1)) + 1)));
        var kind = _random.Next(6);
        var json = kind switch
        {
            0 => $"{{\"action\":\"a.b.read\",\"message\":{text}}}",
            1 => $"{{\"action\":\"a.b.read\",\"initiator\":{{\"id\":\"me\",\"host\":{{\"agent\":{text}}}}},\"requestData\":{Quote(text)}}}",
            2 => $"{{\"action\":\"codeengine.secret.read\",\"requestData\":{{{Many(i => $"\"k{i}\":[{i},{{\"v\":\"x\"}}]", 300_000)}}}}}",
            3 => $"[{Many(i => $"{{\"action\":\"a.b.read\",\"id\":\"{i}\",\"message\":\"{new string('x', 1000)}\"}}", 9_000)}]",
            4 => $"{{\"no action\":{text},\"a\":[{Many(i => $"\"password=x{i}\"", 100_000)}]}}",
            _ => $"{{\"action\":\"a.b.read\",\"requestData\":{text}",
        };
        return new FuzzCase($"huge {kind}", Utf8(json), kind == 5 ? "application/x-ndjson" : "application/json") { AtLeast = kind == 3 ? 9_000 : 1 };
    }

    private static string Many(Func<int, string> make, int count) => string.Join(',', Enumerable.Range(0, count).Select(make));

    private void Plant(ObjectNode item)
    {
        if (_random.Next(2) == 0)
        {
            return;
        }

        var places = new List<Place>();
        Mutator.Collect(item, places);
        var objects = places.Select(place => place.Value).OfType<ObjectNode>().Append(item).ToList();
        var parent = _mutator.Pick(objects);
        parent.Members.Insert(_random.Next(parent.Members.Count + 1), new MemberNode(_mutator.Pick(SecretNames), new TextNode(Mark + _random.Next(10_000).ToString(CultureInfo.InvariantCulture))));
    }

    // It says who did what to what or how it ended, and has nothing of what an envelope has beside that.
    private static bool IsPlain(ObjectNode item) =>
        item.Members.Exists(member => member.Name is "action" or "initiator" or "target" or "outcome" && member.Value is not TokenNode { IsNull: true })
        && !item.Members.Exists(member => member.Name == "specversion" || member.Name.Contains('.', StringComparison.Ordinal));

    private static bool IsEvent(ObjectNode item) =>
        item["action"] is TextNode { Value: var action } && action.Trim(' ', '\t', '\r', '\n').Length > 0
        && !item.HasDuplicates
        && item.Members.TrueForAll(member => member.Value.Depth <= (IsKnown(member.Name) ? MaxDepth - 1 : MaxDepth - 2));

    private static bool IsKnown(string name) => Trailgate.Normalize.Members.TryFind(Utf8(name), out _);

    private ObjectNode Shuffled(ObjectNode item)
    {
        var members = item.Members.ToArray();
        _random.Shuffle(members);
        return new ObjectNode([.. members]);
    }

    // White space between tokens can be a line break; in texts they are always escaped.
    private static string OneLine(string json) => json.ReplaceLineEndings(" ");

    private static string Quote(string text) => JsonSerializer.Serialize(text, QuoteOptions);

    private static readonly JsonSerializerOptions QuoteOptions = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
