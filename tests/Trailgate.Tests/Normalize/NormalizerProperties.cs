using System.Text;
using System.Text.Json;
using FsCheck;
using Trailgate.Events;
using Trailgate.Normalize;
using Random = System.Random;

namespace Trailgate.Tests.Normalize;

public sealed class NormalizerProperties
{
    private static readonly string[] Names =
    [
        "action", "id", "eventTime", "outcome", "severity", "reason", "initiator", "target", "observer", "message", "requestData", "responseData",
        "correlationId", "dataEvent", "logSourceCRN", "typeURI", "password", "name", "value", "region", "zeta", "trailgate", "reasonCode", "host", "address",
    ];

    private static EventNormalizer NewNormalizer() => new(new NameTraits([]), new RedactionSettings(), new RegionTable([]), 64);

    private static void ForAllSeeds(int count, Action<Random> property) =>
        Prop.ForAll<int>(seed => property(new Random(seed))).Check(new Configuration { MaxNbOfTest = count, EndSize = int.MaxValue, QuietOnSuccess = true, Runner = Config.QuickThrowOnFailure.Runner });

    [Fact]
    public void The_line_never_exceeds_the_limit_and_is_valid_json_of_the_event()
    {
        var normalizer = NewNormalizer();

        ForAllSeeds(400, random =>
        {
            var json = "{\"action\":" + RandomString(random, random.Next(1, 30_000)) + Members(random, random.Next(0, 12), random.Next(1, 40_000), "action") + "}";
            var result = Normalizing.Run(normalizer, Encoding.UTF8.GetBytes(json));

            Assert.Null(result.Reason);
            Assert.True(result.Line.Length <= EventLimiter.MaxEventBytes, $"{result.Line.Length} bytes");
            Assert.True(EventLine.TryRead(result.Line, out var read), result.Text);
            Assert.Equal(result.Event, read);
            Assert.DoesNotContain((byte)'\n', result.Line);
            using var _ = JsonDocument.Parse(result.Line, new JsonDocumentOptions { MaxDepth = 128 });
        });
    }

    [Fact]
    public void Limiting_what_was_limited_changes_nothing()
    {
        var normalizer = NewNormalizer();

        ForAllSeeds(100, random =>
        {
            var json = "{\"action\":\"a.b.read\",\"eventTime\":\"2026-01-02T03:04:05.000Z\"" + Members(random, 6, 30_000, "action", "eventTime", "trailgate") + "}";
            var first = Normalizing.Run(normalizer, Encoding.UTF8.GetBytes(json));

            // What is stored, sent again without what Trailgate added, is within the limit and stays as it is.
            var stored = Encoding.UTF8.GetString(first.Line);
            var own = stored.LastIndexOf(",\"trailgate\":{\"schema\"", StringComparison.Ordinal);
            var members = stored[..own] + "}";
            var second = Normalizing.Run(normalizer, Encoding.UTF8.GetBytes(members.Replace("{\"id\":\"" + first.Event.Id + "\",", "{", StringComparison.Ordinal)));

            foreach (var name in new[] { "requestData", "responseData", "message", "initiator", "target" })
            {
                Assert.Equal(RawMember(first.Line, name), RawMember(second.Line, name));
            }

            Assert.Null(second.OverflowPath);
        });
    }

    [Fact]
    public void Random_bytes_never_make_it_throw_anything_but_a_json_error()
    {
        var normalizer = NewNormalizer();

        ForAllSeeds(2000, random =>
        {
            var bytes = Encoding.UTF8.GetBytes("{\"action\":\"a.b.read\"" + Members(random, random.Next(0, 5), 200, "action") + "}");
            for (var i = random.Next(0, 6); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            bytes = bytes[..random.Next(1, bytes.Length + 1)];
            if (!System.Text.Unicode.Utf8.IsValid(bytes))
            {
                return; // The body reader refuses it before it gets here.
            }

            try
            {
                var result = Normalizing.Run(normalizer, bytes);
                Assert.NotEmpty(result.Line);
            }
            catch (JsonException)
            {
                // Not JSON: the body is refused as a whole.
            }
        });
    }

    [Fact]
    public void The_id_does_not_depend_on_white_space_member_order_or_what_stands_around_it()
    {
        var normalizer = NewNormalizer();

        ForAllSeeds(500, random =>
        {
            var members = MemberList(random, random.Next(1, 8), 100, "action");
            members.Add("\"action\":\"codeengine.app.read\"");
            var plain = "{" + string.Join(',', members) + "}";
            var shuffled = members.ToArray();
            random.Shuffle(shuffled);
            var spaced = " {\r\n\t" + string.Join(" ,\n ", shuffled) + "\t}";

            var first = Normalizing.Run(normalizer, Encoding.UTF8.GetBytes(plain));
            var second = Normalizing.Run(normalizer, Encoding.UTF8.GetBytes(spaced));
            var third = Normalizing.Run(NewNormalizer(), Encoding.UTF8.GetBytes(plain), source: "ibm");

            Assert.Equal(first.Event.Id, second.Event.Id);
            Assert.Equal(first.Event.Id, third.Event.Id);
        });
    }

    [Fact]
    public void Any_change_of_content_changes_the_id()
    {
        var normalizer = NewNormalizer();

        ForAllSeeds(500, random =>
        {
            var names = new[] { "id", "message", "correlationId", "severity", "eventType", "zeta", "logSourceCRN" };
            var values = names.ToDictionary(name => name, _ => random.Next(1_000_000).ToString(System.Globalization.CultureInfo.InvariantCulture));
            var changed = names[random.Next(names.Length)];

            string Event(string suffix) => "{\"action\":\"a.b.read\"," + string.Join(',', values.Select(pair => $"\"{pair.Key}\":\"{pair.Value}{(pair.Key == changed ? suffix : "")}\"")) + "}";
            var first = Normalizing.Run(normalizer, Encoding.UTF8.GetBytes(Event("")));
            var second = Normalizing.Run(normalizer, Encoding.UTF8.GetBytes(Event("x")));

            Assert.NotEqual(first.Event.Id, second.Event.Id);
        });
    }

    // The bytes as they stand: half a surrogate pair, which is kept as its escape, can not be read as a text.
    private static string? RawMember(byte[] line, string name)
    {
        using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 128 });
        return document.RootElement.TryGetProperty(name, out var value) ? value.GetRawText() : null;
    }

    private static string Members(Random random, int count, int maxLength, params string[] without) =>
        string.Concat(MemberList(random, count, maxLength, without).Select(member => "," + member));

    private static List<string> MemberList(Random random, int count, int maxLength, params string[] without) =>
        [.. Names.Except(without).OrderBy(_ => random.Next()).Take(count).Select(name => $"\"{name}\":{Value(random, 3, maxLength)}")];

    private static string Value(Random random, int depth, int maxLength) => random.Next(depth > 0 ? 9 : 6) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => random.Next(-1000, 100_000).ToString(System.Globalization.CultureInfo.InvariantCulture),
        3 => "\"2026-01-02T03:04:05Z\"",
        4 or 5 => RandomString(random, random.Next(maxLength)),
        6 => "[" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1, maxLength / 4))) + "]",
        _ => "{" + string.Join(',', MemberList(random, random.Next(5), maxLength / 4).DefaultIfEmpty("\"k\":1")) + "}",
    };

    private static string RandomString(Random random, int length)
    {
        const string Alphabet = "abc ABC 019 .:/-_@=é€😀";
        var text = new StringBuilder("\"s");
        while (text.Length < length)
        {
            switch (random.Next(20))
            {
                case 0: text.Append("\\n"); break;
                case 1: text.Append("\\\""); break;
                case 2: text.Append("\\u00e9"); break;
                case 3: text.Append("\\ud83d\\ude00"); break;
                case 4: text.Append("\\ud800"); break;
                case 5: text.Append('€'); break;
                default: text.Append(Alphabet[random.Next(Alphabet.Length - 2)]); break;
            }
        }

        return text.Append('"').ToString();
    }
}
