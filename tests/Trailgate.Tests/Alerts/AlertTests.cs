using System.Text;
using System.Text.Json;
using Trailgate.Alerts;
using Trailgate.Alerts.Rules;

namespace Trailgate.Tests.Alerts;

public sealed class AlertTests
{
    private static readonly DateTimeOffset RaisedAt = new(2026, 11, 22, 6, 0, 1, TimeSpan.Zero);

    [Fact]
    public void An_alert_tells_who_what_when_where_and_how_it_ended_and_no_bodies()
    {
        var alert = Of("""
            {"id":"6f1e0000000000000000000000000001","typeURI":"x","eventType":"activity","eventTime":"2026-11-22T05:54:00.123Z","action":"codeengine.application.delete","outcome":"failure","severity":"critical","reason":{"reasonCode":403,"reasonType":"Forbidden","reasonForFailure":"no rights","more":[1]},"initiator":{"id":"IBMid-1","name":"alice","typeURI":"user","host":{"agent":"curl","address":"9.9.9.9"},"credential":{"type":"token"}},"target":{"id":"crn:1","name":"shop","typeURI":"codeengine/application","host":{"address":"x"}},"observer":{"name":"o"},"correlationId":"c1","message":"Zoë: löschen","requestData":{"password":"p"},"extensions":{"message":"not this"},"trailgate":{"schema":1,"region":"us-south","kind":"delete","source":"ibm","assumed":["outcome"]}}
            """);

        Assert.Equal(
            """
            {"schema":1,"id":"7a424c81843b2360c3b1189afc2b8c15","rule":"delete","severity":"critical","raisedAt":"2026-11-22T06:00:01.000Z","group":{"initiator.id":"IBMid-1"},"event":{"id":"6f1e0000000000000000000000000001","eventTime":"2026-11-22T05:54:00.123Z","action":"codeengine.application.delete","outcome":"failure","severity":"critical","reason":{"reasonCode":403,"reasonType":"Forbidden","reasonForFailure":"no rights"},"initiator":{"id":"IBMid-1","name":"alice","address":"9.9.9.9"},"target":{"id":"crn:1","name":"shop","typeURI":"codeengine/application"},"correlationId":"c1","message":"Zoë: löschen","region":"us-south","kind":"delete"}}
            """,
            Encoding.UTF8.GetString(alert.Json.Span));
        Assert.Equal("2026-11-22T05:54:00.123Z", alert.OccurredAt);
    }

    // Code Engine names the project as the target; what was deleted stands in the request alone.
    [Theory]
    [InlineData("""{"verb":"delete","name":"shop","data":{"name":"not this"}}""", "shop")]
    [InlineData("""{"metadata":{"namespace":"x","name":"shop","metadata":{"name":"not this"}},"spec":{"name":"not this"}}""", "shop")]
    [InlineData("""{"metadata":{"name":"other"},"name":"shop"}""", "shop")]
    [InlineData("""{"name":"shop","metadata":{"name":"other"}}""", "shop")]
    [InlineData("""{"metadata":{"name":"shop"},"name":{"first":"not this"}}""", "shop")]
    [InlineData("""{"metadata":{"name":"shop"},"name":"  "}""", "shop")]
    [InlineData("""{"n\u0061me":"sh\u006fp"}""", "shop")]
    [InlineData("""{"names":["x"],"metadata":["name","y"],"name":null}""", null)]
    [InlineData("""["name","x"]""", null)]
    [InlineData("\"name\"", null)]
    public void An_alert_carries_the_name_that_the_request_gives_to_its_object_and_nothing_else_of_it(string request, string? expected)
    {
        var happened = Event(Of($$$"""{"id":"6f1e0000000000000000000000000001","eventTime":"2026-11-22T05:54:00.123Z","target":{"id":"crn:1","name":"webshop"},"requestData":{{{request}}},"message":"after it","trailgate":{"region":"us-south","kind":"delete"}}"""));

        Assert.Equal(expected is null ? null : $$"""{"name":"{{expected}}"}""", happened.TryGetProperty("requestData", out var carried) ? carried.GetRawText() : null);
        Assert.Equal("after it", happened.GetProperty("message").GetString());
    }

    [Fact]
    public void A_long_text_is_cut_to_512_bytes_between_characters()
    {
        // One byte, then 300 euro signs of three bytes: 509 bytes of room for text end within the 170th euro sign.
        var alert = Of(Line($"x{new string('€', 300)}"));

        var message = Event(alert).GetProperty("message").GetString();

        Assert.Equal($"x{new string('€', 169)}…", message);
    }

    [Fact]
    public void The_name_of_an_object_is_cut_like_any_text()
    {
        var line = Line("x").Replace("\"message\"", $"\"requestData\":{{\"name\":\"{new string('a', 513)}\"}},\"message\"", StringComparison.Ordinal);

        Assert.Equal($"{new string('a', 509)}…", Event(Of(line)).GetProperty("requestData").GetProperty("name").GetString());
    }

    [Fact]
    public void A_text_of_exactly_512_bytes_stays()
    {
        var text = new string('a', 510) + "é";

        Assert.Equal(text, Event(Of(Line(text))).GetProperty("message").GetString());
    }

    [Fact]
    public void A_text_that_is_no_text_is_left_out_and_the_alert_is_raised()
    {
        var alert = Of(Line("half \\ud83d"));

        Assert.False(Event(alert).TryGetProperty("message", out _));
        Assert.Equal("us-south", Event(alert).GetProperty("region").GetString());
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_left_out_and_the_alert_is_raised()
    {
        byte[] line = [.. Encoding.UTF8.GetBytes(Line("x"))];
        line[line.AsSpan().IndexOf("\"x\""u8) + 1] = 0xFF;

        var alert = Alert.OfEvent(AlertRule.Delete, AlertWorld.Parsed(Encoding.UTF8.GetBytes(Line("x"))), line, RaisedAt);

        Assert.False(Event(alert).TryGetProperty("message", out _));
    }

    [Fact]
    public void Members_of_unexpected_types_are_left_out()
    {
        var alert = Of("""
            {"id":"6f1e0000000000000000000000000001","eventTime":"2026-11-22T05:54:00.123Z","outcome":"failure","reason":"why","initiator":[{"name":"x"}],"target":{"name":{"first":"a"},"id":7},"trailgate":{"region":"us-south","kind":"delete"}}
            """);

        Assert.Equal("{}", Event(alert).GetProperty("reason").GetRawText());
        Assert.Equal("{}", Event(alert).GetProperty("initiator").GetRawText());
        Assert.Equal("""{"id":7}""", Event(alert).GetProperty("target").GetRawText());
    }

    [Fact]
    public void A_stored_line_reads_back()
    {
        var alert = Of(Line("hello"));

        var back = Alert.Read(alert.Json);

        Assert.NotNull(back);
        Assert.Equal((alert.Id, "delete", "2026-11-22T05:54:00.123Z"), (back.Id, back.Rule, back.OccurredAt));
    }

    [Fact]
    public void An_alert_of_the_pipeline_reads_back_with_its_own_time()
    {
        var back = Alert.Read(Alert.OfPipeline("runs/1", "critical", "It failed.", RaisedAt).Json);

        Assert.NotNull(back);
        Assert.True(back.IsPipeline);
        Assert.Equal("2026-11-22T06:00:01.000Z", back.OccurredAt);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"schema":2,"id":"7a424c81843b2360c3b1189afc2b8c15","rule":"delete","raisedAt":"x"}""")]
    [InlineData("""{"schema":1,"id":"7a42","rule":"delete","raisedAt":"x"}""")]
    [InlineData("""{"schema":1,"id":5,"rule":"delete","raisedAt":"x"}""")]
    public void What_is_no_alert_is_not_read(string line) => Assert.Null(Alert.Read(Encoding.UTF8.GetBytes(line)));

    private static string Line(string message) =>
        $$$"""{"id":"6f1e0000000000000000000000000001","eventTime":"2026-11-22T05:54:00.123Z","outcome":"success","message":"{{{message}}}","trailgate":{"region":"us-south","kind":"delete"}}""";

    private static Alert Of(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        return Alert.OfEvent(AlertRule.Delete, AlertWorld.Parsed(bytes), bytes, RaisedAt);
    }

    private static JsonElement Event(Alert alert) => JsonDocument.Parse(alert.Json).RootElement.GetProperty("event");
}
