using System.Globalization;
using System.Security.Cryptography;
using Trailgate.Tests.Ingest.Envelopes;

namespace Trailgate.Tests.Ingest;

public class UnnamedEventsTests
{
    private const int Several = 150;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(Several)]
    public void Events_of_one_body_are_what_they_are_alone(int count)
    {
        var events = Enumerable.Range(0, count).Select(Event).ToList();

        var items = Opening.Open($"[{string.Join(',', events)}]");

        Assert.Equal(events.Select(json => Opening.OpenEvent(json)), items);
    }

    [Fact]
    public void What_is_no_event_stays_in_its_place_among_those_that_are()
    {
        var events = Enumerable.Range(0, Several).Select(i => i % 7 == 3 ? """{"eventTime":"2026-11-22T05:54:00Z"}""" : Event(i)).ToList();

        var items = Opening.Open(string.Join('\n', events), "application/x-ndjson");

        Assert.Equal(events.Select(json => Opening.Open(json).Single()), items);
    }

    [Fact]
    public void An_id_is_made_of_the_content_and_stands_first_in_the_line()
    {
        const string Content = """{"eventTime":"2026-11-22T05:54:00.000Z","action":"codeengine.project.read","outcome":"success"}""";
        var id = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Content)))[..32];

        var items = Opening.Open($"[{string.Join(',', Enumerable.Repeat(Content, 20))}]");

        Assert.All(items, item => Assert.StartsWith($$"""{"id":"{{id}}",""", item.Line, StringComparison.Ordinal));
        Assert.All(items, item => Assert.Equal(id, item.Id.ToString()));
    }

    // Of many lengths; some delete something and alert, some are too long and have to be limited.
    private static string Event(int number) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"id":"own-{{number}}","eventTime":"2026-11-22T05:54:00.120Z","action":"codeengine.application.{{(number % 5 == 0 ? "delete" : "read")}}","outcome":"success","message":"{{new string('m', number % 11 == 4 ? 20_000 + number : number * 13 % 400)}}"}""");
}
