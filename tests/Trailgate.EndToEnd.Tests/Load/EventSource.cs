namespace Trailgate.EndToEnd.Tests.Load;

/// <summary>Makes distinct events of several regions, hours and kinds; a few are too large, a few say no time.</summary>
internal sealed class EventSource(string name, Random random)
{
    // The place that the event names, and the region that it belongs to.
    private static readonly (string Location, string Region)[] Places =
    [
        ("us-south", "us-south"), ("us-south-2", "us-south"), ("dal10", "us-south"), ("eu-de", "eu-de"), ("jp-tok", "jp-tok"), ("global", "global"),
    ];

    private static readonly string[] Hours = ["2026-11-22T05", "2026-11-22T06", "2026-11-21T23"];
    private static readonly string[] Verbs = ["read", "read", "list", "create", "update", "delete"];

    private int _made;

    public TestEvent Next()
    {
        var key = $"{name}-{_made++:D6}";
        var (location, region) = Places[random.Next(Places.Length)];
        var hour = random.Next(20) == 0 ? null : Hours[random.Next(Hours.Length)];
        var time = hour is null ? "" : $"\"eventTime\":\"{hour}:{random.Next(60):D2}:{random.Next(60):D2}.{random.Next(100):D2}+0000\",";
        var large = random.Next(40) == 0 ? $",\"responseData\":{{\"text\":\"{new string('x', 17_000)}\"}}" : "";
        return new TestEvent(key, region, hour, $$"""
            {"action":"codeengine.application.{{Verbs[random.Next(Verbs.Length)]}}",{{time}}"outcome":"{{(random.Next(10) == 0 ? "failure" : "success")}}","correlationId":"{{key}}","initiator":{"id":"IBMid-1","name":"me@example.com"},"logSourceCRN":"crn:v1:bluemix:public:codeengine:{{location}}:a/0123456789abcdef0123456789abcdef:::"{{large}}}
            """);
    }
}
