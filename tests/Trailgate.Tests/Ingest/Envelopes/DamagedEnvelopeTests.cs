using System.Text;
using System.Text.Json;
using FsCheck;
using Trailgate.Events;
using static Trailgate.Tests.Ingest.Envelopes.Opening;
using Random = System.Random;

namespace Trailgate.Tests.Ingest.Envelopes;

/// <summary>Whatever arrives ends as events or quarantined items, or is refused as a whole.</summary>
public sealed class DamagedEnvelopeTests
{
    private const string Event = """{"action":"a.b.delete","initiator.id":"i","target.id":"crn:v1:a:b:c:eu-de:::","requestData":"{\"a\":1}","password":"hunter2"}""";

    private static readonly string[] Bodies =
    [
        """{"specversion":"1.0","id":"1","source":"/s","type":"t","region":"eu-de","data":{"payload":@,"meta":{},"observer":{"name":"o"}}}""",
        """[{"id":"1","topic":"t","subject":"s","eventType":"x","eventTime":"2026-01-01T00:00:00Z","data":[@,@],"dataVersion":"1"}]""",
        """{"lines":[{"line":"{\"action\":\"a.b.read\"}","app":"x"},{"line":@}]}""",
        """{"oslo.version":"2.0","oslo.message":"{\"event_type\":\"x\",\"publisher_id\":\"p\",\"payload\":{\"action\":\"a\"}}"}""",
        """{"alert_definition":{"id":"a","name":"n"},"log_example":@,"log_example_truncated":true}""",
        """{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{"auditID":"a","stage":"Panic","verb":"get","user":{"username":"u"},"sourceIPs":["1","2"],"objectRef":{"resource":"pods","name":"p"},"responseStatus":{"code":500,"status":"Failure"}}]}""",
        """<34>Oct 11 22:14:15 host app[1]: {"events":[@]}""",
    ];

    private static readonly string[] Splices = ["\"", "{", "}", "[", "]", ",", ":", "null", "{}", "[]", "\"\"", "1e999", "\\ud800", "\\u0000", "😀", "\n", "\"action\":", ".", "%"];

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    [InlineData("text/plain")]
    [InlineData("application/cloudevents+json")]
    [InlineData("application/cloudevents-batch+json")]
    public void Damage_never_throws_and_never_makes_an_item_vanish(string contentType)
    {
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var body = Bodies[random.Next(Bodies.Length)].Replace("@", Event, StringComparison.Ordinal);
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                var at = random.Next(body.Length);
                var removed = random.Next(Math.Min(20, body.Length - at));
                body = string.Concat(body.AsSpan(0, at), random.Next(2) == 0 ? Splices[random.Next(Splices.Length)] : body.AsSpan(random.Next(body.Length / 2), removed), body.AsSpan(at + removed));
            }

            var (items, problem) = TryOpen(Encoding.UTF8.GetBytes(body), contentType);

            Assert.True(problem is not null || items.Count > 0 || string.IsNullOrWhiteSpace(body) || body.TrimStart().StartsWith('['), body);
            foreach (var item in items)
            {
                using var _ = JsonDocument.Parse(item.Line);
                Assert.True(item.Reason is not null || EventLine.TryRead(Encoding.UTF8.GetBytes(item.Line), out var _), item.Line);
            }
        }).Check(new Configuration { MaxNbOfTest = 400, EndSize = int.MaxValue, QuietOnSuccess = true, Runner = Config.QuickThrowOnFailure.Runner });
    }
}
