using System.Text;
using static Trailgate.Tests.Ingest.Envelopes.Opening;

namespace Trailgate.Tests.Ingest.Envelopes;

public sealed class TextBodyTests
{
    [Theory]
    [InlineData(
        "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog 4711 ID47 [exampleSDID@32473 iut=\"3\"] ",
        """{"type":"syslog","id":"ID47","source":"mymachine.example.com","time":"2003-10-11T22:14:15.003Z","app":"evntslog","process":"4711","priority":"165","prefix":"[exampleSDID@32473 iut=\u00223\u0022]"}""")]
    [InlineData(
        "<34>1 - - su - - - ",
        """{"type":"syslog","app":"su","priority":"34"}""")]
    [InlineData(
        "<34>Oct 11 22:14:15 mymachine su[42]: ",
        """{"type":"syslog","source":"mymachine","time":"Oct 11 22:14:15","app":"su","process":"42","priority":"34"}""")]
    [InlineData(
        "Oct  1 02:14:15 mymachine at-proxy: event=",
        """{"type":"syslog","source":"mymachine","time":"Oct  1 02:14:15","app":"at-proxy","prefix":"event="}""")]
    [InlineData("some logger | ", """{"type":"text-line","prefix":"some logger |"}""")]
    public void What_stands_before_the_event_is_kept(string prefix, string facts)
    {
        var item = OpenEvent(prefix + Event, "text/plain");

        Assert.Equal(BareId, item.Id);
        Assert.Equal(facts, item.Envelope!.ToJsonString());
    }

    [Fact]
    public void Each_line_stands_for_itself()
    {
        var items = Open($"<34>Oct 11 22:14:15 h a: {Event}\n\nno json here\n{Event}\n<34>Oct 11 22:14:15 h a: {Event[..^1]}\n{{\"x\":\n", "text/plain");

        Assert.Equal(
            [null, "line 3 does not end in a JSON object", null, "line 5 does not end in a JSON object", "line 6 is not JSON at byte 6"],
            items.Select(item => item.Reason));
        Assert.Equal("no json here", (string?)items[1].Content);
    }

    [Fact]
    public void A_line_with_an_envelope_is_opened() =>
        Assert.Equal(BareId, OpenEvent("<34>Oct 11 22:14:15 h a: {\"payload\":" + Event + "}", "text/plain").Id);

    [Fact]
    public void Json_that_is_called_text_is_json()
    {
        Assert.Equal(BareId, OpenEvent(Event.Replace(",", ",\n", StringComparison.Ordinal), "text/plain").Id);
        Assert.Equal(2, Open($" [{Event},\n{Event}]", "text/plain").Count);
        Assert.Equal(2, Open($"{Event}\n{Event}", "text/plain").Count);
    }

    [Fact]
    public void A_line_that_is_not_utf_8_is_kept_as_far_as_it_can_be_read()
    {
        byte[] body = [.. "<34>Oct 11 22:14:15 h a: "u8, 0xC3, .. Encoding.UTF8.GetBytes(Event)];

        var item = Assert.Single(TryOpen(body, "text/plain").Items);

        Assert.Equal("line 1 is not UTF-8 at byte 26", item.Reason);
    }
}
