using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using Trailgate.Events;
using Trailgate.Normalize;
using static Trailgate.Tests.Normalize.Normalizing;
using Random = System.Random;

namespace Trailgate.Tests.Normalize;

/// <summary>Events made to break the limiter, and what an id may and may not depend on.</summary>
public sealed class HostileShapeTests
{
    private const string Rest = "\"outcome\":\"failure\",\"eventTime\":\"2026-01-02T03:04:05Z\",\"logSourceCRN\":\"crn:v1:b:public:codeengine:eu-de:a/1:i::\"";

    private static EventNormalizer NewNormalizer(RedactionSettings? settings = null) => new(new NameTraits([]), settings ?? new RedactionSettings(), new RegionTable([]), 64);

    private static string Long(char c, int length) => new(c, length);

    private static string Members(int count, string format) => string.Join(',', Enumerable.Range(0, count).Select(i => string.Format(CultureInfo.InvariantCulture, format, i)));

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + Long('}', depth);

    private static string Hostile(Random random) => random.Next(11) switch
    {
        0 => "{" + Members(random.Next(1, 20_000), "\"k{0}\":{0}") + "}",
        1 => "\"" + string.Concat(Enumerable.Repeat("\\\\", random.Next(1, 20_000))) + "\"",
        2 => "\"" + string.Concat(Enumerable.Repeat("\\u0001", random.Next(1, 10_000))) + "\"",
        3 => "{\"" + Long('n', random.Next(1, 40_000)) + "\":{\"password\":\"x\"}}",
        4 => Nested(random.Next(1, 60)),
        5 => "[" + Members(random.Next(1, 4000), "{{\"password\":\"p{0}\"}}") + "]",
        6 => "1" + Long('0', random.Next(1, 100_000)),
        7 => "{\"id\":" + Long('9', 100_000) + ",\"name\":\"" + Long('n', random.Next(1, 40_000)) + "\",\"reasonCode\":\"" + Long('0', random.Next(1, 9)) + "7\"}",
        8 => "{\"host\":{\"address\":\"" + Long('h', 30_000) + "\"},\"" + string.Concat(Enumerable.Repeat("\\\"", random.Next(1, 9000))) + "\":1,\"password\":2}",
        9 => "\"" + string.Concat(Enumerable.Repeat("😀", random.Next(1, 9000))) + "\"",
        _ => "\"" + string.Concat(Enumerable.Repeat("token=abc1 AKIAIOSFODNN7EXAMPLE ", random.Next(1, 900))) + "\"",
    };

    private static void ForAllSeeds(int count, Action<Random> property) =>
        Prop.ForAll<int>(seed => property(new Random(seed))).Check(new Configuration { MaxNbOfTest = count, EndSize = int.MaxValue, QuietOnSuccess = true, Runner = Config.QuickThrowOnFailure.Runner });

    private static void AssertWithinLimit(Normalizing.Outcome result)
    {
        Assert.Null(result.Reason);
        Assert.True(result.Line.Length <= EventLimiter.MaxEventBytes, $"{result.Line.Length} bytes");
        using var line = JsonDocument.Parse(result.Line, new JsonDocumentOptions { MaxDepth = 128 });
        Assert.True(line.RootElement.TryGetProperty("action", out _) && line.RootElement.TryGetProperty("eventTime", out _) && line.RootElement.TryGetProperty("outcome", out _));
        if (result.OverflowPath is not null)
        {
            using var overflow = JsonDocument.Parse(result.Overflow, new JsonDocumentOptions { MaxDepth = 128 });
            Assert.Equal(line.RootElement.GetProperty("id").GetString(), overflow.RootElement.GetProperty("id").GetString());
        }
    }

    [Fact]
    public void Hostile_shapes_in_every_member_stay_within_the_limit()
    {
        var normalizer = NewNormalizer(new RedactionSettings { HmacKey = "a key of 16 chars" });
        string[] members = ["id", "typeURI", "eventType", "eventTime", "outcome", "severity", "reason", "initiator", "target", "observer", "correlationId", "message",
            "dataEvent", "logSourceCRN", "saveServiceCopy", "requestData", "responseData", "zeta", "region", "extensions", "trailgate"];

        ForAllSeeds(60, random =>
        {
            var chosen = members.Where(_ => random.Next(2) == 0).Select(member => $",\"{member}\":{Hostile(random)}");
            AssertWithinLimit(Run(normalizer, Encoding.UTF8.GetBytes("{\"action\":\"a" + Long('b', random.Next(30_000)) + "\"" + string.Concat(chosen) + "}")));
        });
    }

    [Fact]
    public void Who_is_kept_once_though_it_stands_a_thousand_times_behind_very_many_members()
    {
        // Beyond 65,536 members names are not compared any more.
        var who = "{\"id\":\"me\"," + Members(65_600, "\"k{0}\":0") + "," + string.Join(',', Enumerable.Repeat("\"id\":\"again\"", 1000)) + "}";

        var result = NormalizeEvent("{\"action\":\"a.b.read\",\"initiator\":" + who + ",\"target\":" + who + "," + Rest + "}");

        AssertWithinLimit(result);
        Assert.Equal("""{"id":"me"}""", result["/initiator"]!.ToJsonString());
    }

    [Fact]
    public void A_number_that_is_too_long_is_cut_as_a_text()
    {
        var result = NormalizeEvent("{\"action\":\"a.b.read\",\"initiator\":{\"id\":" + Long('7', 100_000) + "}}");

        AssertWithinLimit(result);
        Assert.Equal(Long('7', 512), (string?)result["/initiator/id"]);
    }

    [Theory]
    [InlineData("\"007\"", 7)]
    [InlineData("\"+5\"", 5)]
    [InlineData("\"200\"", 200)]
    public void A_reason_code_of_needless_digits_becomes_a_plain_number(string given, int expected)
    {
        var result = NormalizeEvent("{\"action\":\"a.b.read\",\"reason\":{\"reasonCode\":" + given + "}}");

        Assert.Equal(expected, (int?)result["/reason/reasonCode"]);
        Assert.Equal(given, result["/trailgate/given/reason.reasonCode"]!.ToJsonString().Replace("\\u002B", "+", StringComparison.Ordinal));
    }

    [Fact]
    public void Pointers_of_long_names_do_not_fill_the_overflow()
    {
        var result = NormalizeEvent("{\"action\":\"a.b.read\",\"requestData\":{\"" + Long('n', 200_000) + "\":[" + Members(16, "{{\"password\":\"x{0}\"}}") + "]}}");

        AssertWithinLimit(result);
        Assert.InRange(result.Overflow.Length, 200_000, 300_000);
    }

    [Fact]
    public void A_refused_object_of_many_members_does_not_spoil_the_next_one_like_it()
    {
        var normalizer = new EventNormalizer(new NameTraits([]), new RedactionSettings(), new RegionTable([]), 64);
        var members = string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"m{i}\":0"));

        var twice = Run(normalizer, Encoding.UTF8.GetBytes("{\"action\":\"a.b.read\",\"target\":{" + members + ",\"m3\":0}}"));
        var deep = Run(normalizer, Encoding.UTF8.GetBytes("{\"action\":\"a.b.read\",\"target\":{" + members + ",\"m\":" + new string('[', 80) + new string(']', 80) + "}}"));
        var good = Run(normalizer, Encoding.UTF8.GetBytes("{\"action\":\"a.b.read\",\"target\":{" + members + "}}"));

        Assert.NotNull(twice.Reason);
        Assert.NotNull(deep.Reason);
        Assert.Null(good.Reason);
    }

    [Fact]
    public void What_came_before_leaves_no_trace()
    {
        var shared = NewNormalizer();

        ForAllSeeds(60, random =>
        {
            string Event() => "{\"action\":\"a.b.read\",\"" + (random.Next(2) == 0 ? "action" : "reason") + "\":" + Hostile(random) + ",\"requestData\":" + Hostile(random) + "}";
            var second = Encoding.UTF8.GetBytes(Event());
            Run(shared, Encoding.UTF8.GetBytes(Event()));

            var after = Run(shared, second);
            var alone = Run(NewNormalizer(), second);

            Assert.Equal(alone.Text, after.Text);
            Assert.Equal(alone.OverflowPath, after.OverflowPath);
        });
    }

    [Fact]
    public void The_id_is_the_same_however_the_event_is_escaped_and_whether_a_body_is_a_text()
    {
        ForAllSeeds(100, random =>
        {
            var body = Tree(random, 3);
            var plain = "{\"action\":\"a.b.read\",\"message\":\"héllo/wörld\",\"requestData\":" + body + "}";
            var escaped = "{\"me\\u0073sage\":\"h\\u00e9llo\\/w\\u00F6rld\",\"requestData\":" + JsonSerializer.Serialize(body) + ",\"action\":\"\\u0061.b.read\"}";

            Assert.Equal(NormalizeEvent(plain).Event.Id, NormalizeEvent(escaped).Event.Id);
        });
    }

    [Fact]
    public void Any_change_within_a_body_changes_the_id()
    {
        ForAllSeeds(200, random =>
        {
            var body = Tree(random, 4);
            var places = Enumerable.Range(0, body.Length).Where(i => char.IsAsciiDigit(body[i])).ToArray();
            var at = places[random.Next(places.Length)];
            var changed = string.Concat(body.AsSpan(0, at), body[at] == '9' ? "8" : ((char)(body[at] + 1)).ToString(), body.AsSpan(at + 1));

            Assert.NotEqual(
                NormalizeEvent("{\"action\":\"a.b.read\",\"requestData\":" + body + "}").Event.Id,
                NormalizeEvent("{\"action\":\"a.b.read\",\"requestData\":" + changed + "}").Event.Id);
        });
    }

    [Theory]
    [InlineData("[1,2]", "[2,1]")]
    [InlineData("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}")]
    [InlineData("1", "1.0")]
    [InlineData("{\"a\":1}", "{\"a\":\"1\"}")]
    [InlineData("{\"a\":null}", "{}")]
    [InlineData("{\"a\":\"\\ud800\"}", "{\"a\":\"\\ufffd\"}")]
    [InlineData("{\"a\":\"{ }\"}", "{\"a\":\"{}\"}")]
    public void Order_form_and_type_within_a_body_count(string one, string other) =>
        Assert.NotEqual(
            NormalizeEvent("{\"action\":\"a.b.read\",\"requestData\":" + one + "}").Event.Id,
            NormalizeEvent("{\"action\":\"a.b.read\",\"requestData\":" + other + "}").Event.Id);

    [Theory]
    [InlineData("{\"password\":\"A1\"}", "{\"password\":\"B\\n2\"}")]
    [InlineData("[\"DB_PASSWORD=A1\"]", "[\"DB_PASSWORD=B2 B2\"]")]
    [InlineData("{\"x\":\"{\\\"password\\\":\\\"A1\\\"}\"}", "{\"x\":\"{\\\"password\\\":\\\"B2\\\"}\"}")]
    public void Events_that_differ_in_a_secret_alone_are_one(string one, string other) =>
        Assert.Equal(
            NormalizeEvent("{\"action\":\"a.b.read\",\"requestData\":" + one + "}").Event.Id,
            NormalizeEvent("{\"action\":\"a.b.read\",\"requestData\":" + other + "}").Event.Id);

    // A body whose every value and name has a digit; no name or value looks like a secret.
    private static string Tree(Random random, int depth) => random.Next(depth > 0 ? 2 : 1, 4) switch
    {
        1 => random.Next(10, 99).ToString(CultureInfo.InvariantCulture),
        2 => "{" + Members(random.Next(1, 4), "\"n{0}\":#").Replace("#", Tree(random, depth - 1), StringComparison.Ordinal) + "}",
        _ when depth > 0 => "[" + string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Tree(random, depth - 1))) + "]",
        _ => "\"v" + random.Next(100).ToString(CultureInfo.InvariantCulture) + "\"",
    };
}
