using System.Globalization;

namespace Trailgate.Tests.Model;

/// <summary>Something that a client sends, told from everything else by its name.</summary>
/// <param name="Name">Stands in the event's message, or in the text of what is no event.</param>
/// <param name="Json">The raw event.</param>
/// <param name="Store">Where it belongs.</param>
internal sealed record SentItem(string Name, string Json, string Store)
{
    public required bool IsEvent { get; init; }

    public required bool RaisesAlert { get; init; }

    /// <summary>Its time is that of its receipt, so a copy that is received much later is found only within a day.</summary>
    public required bool TimeAssumed { get; init; }

    /// <summary>Too large: its request data gives way.</summary>
    public required bool IsLimited { get; init; }
}

/// <summary>One request.</summary>
internal sealed record SentBody(IReadOnlyList<SentItem> Items)
{
    public string Json => $"[{string.Join(',', Items.Select(item => item.Json))}]";
}

/// <summary>Makes what clients send, repetitions of earlier items among it.</summary>
internal sealed class Clients
{
    private static readonly string[] Regions = ["us-south", "eu-de", "jp-tok"];

    private readonly List<SentItem> _sent = [];

    public IReadOnlyList<SentItem> Sent => _sent;

    public SentBody Next(int choice)
    {
        var random = new Random(choice);
        var items = new List<SentItem>();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            // Senders that got no answer send again; others deliver everything twice.
            var repeated = _sent.Count > 0 && random.Next(3) == 0;
            items.Add(repeated ? _sent[random.Next(_sent.Count)] : NewItem(random));
        }

        return new SentBody(items);
    }

    private SentItem NewItem(Random random)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"n{_sent.Count}.");
        var region = Regions[random.Next(Regions.Length)];
        var crn = $"crn:v1:bluemix:public:codeengine:{region}:a/0123456789abcdef0123456789abcdef:::";
        var isEvent = random.Next(8) > 0;
        var verb = random.Next(3) == 0 ? "delete" : "create";
        var outcome = random.Next(6) == 0 ? "failure" : "success";
        var assumed = random.Next(8) == 0;
        var limited = random.Next(60) == 0;
        var time = string.Create(CultureInfo.InvariantCulture, $"2026-11-22T{random.Next(3):D2}:{random.Next(60):D2}:{random.Next(60):D2}.{random.Next(1000):D3}Z");
        var json = isEvent
            ? $$$"""{{{{(assumed ? "" : $"\"eventTime\":\"{time}\",")}}}"action":"codeengine.application.{{{verb}}}","outcome":"{{{outcome}}}","initiator":{"id":"IBMid-1","name":"me@example.com"},"target":{"id":"app-{{{name}}}","name":"an app"},"message":"{{{name}}}","logSourceCRN":"{{{crn}}}","requestData":{"name":"{{{name}}}","text":"{{{new string('x', limited ? 20_000 : random.Next(40))}}}"}}"""
            : $$$"""{"note":"{{{name}}}","logSourceCRN":"{{{crn}}}"}""";
        var item = new SentItem(name, json, region == "eu-de" ? "eu" : "default")
        {
            IsEvent = isEvent,
            RaisesAlert = isEvent && (verb == "delete" || outcome == "failure"),
            TimeAssumed = isEvent && assumed,
            IsLimited = isEvent && limited,
        };
        _sent.Add(item);
        return item;
    }
}
