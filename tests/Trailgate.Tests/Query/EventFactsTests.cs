using System.Text;
using Trailgate.Events;
using Trailgate.Query;

namespace Trailgate.Tests.Query;

public class EventFactsTests
{
    private const string Start = """{"id":"00000000000000000000000000000001","eventTime":"2026-11-22T05:00:00.000Z",""";
    private const string Own = "\"trailgate\":{\"region\":\"us-south\",\"kind\":\"delete\"}}";

    private readonly EventFacts _facts = new();

    [Fact]
    public void What_a_line_says_is_read_without_its_escapes()
    {
        Assert.True(Read(Start + """
            "action":"a.\u0062","outcome":"failure","severity":"critical","initiator":{"id":"i","name":"M\u00fcller"},"target":{"id":"t\/1"},"correlationId":"c",
            """.Trim() + Own));

        Assert.False(_facts.IsOdd);
        Assert.Equal("a.b", Encoding.UTF8.GetString(_facts.Action));
        Assert.Equal((Outcome.Failure, EventSeverity.Critical, EventKind.Delete), (_facts.Outcome, _facts.Severity, _facts.Kind));
        Assert.Equal("i", Encoding.UTF8.GetString(_facts.InitiatorId));
        Assert.Equal("Müller", Encoding.UTF8.GetString(_facts.InitiatorName));
        Assert.Equal("t/1", Encoding.UTF8.GetString(_facts.Target));
        Assert.Equal("c", Encoding.UTF8.GetString(_facts.CorrelationId));
        Assert.Equal("us-south", _facts.Region.Name);
    }

    [Fact]
    public void Nothing_of_a_line_is_left_for_the_next()
    {
        Assert.True(Read(Start + "\"action\":\"a\",\"outcome\":\"failure\",\"initiator\":{\"id\":\"i\"}," + Own));
        Assert.True(Read(Start + "\"trailgate\":{\"region\":\"eu-de\"}}"));

        Assert.True(_facts.Action.IsEmpty);
        Assert.True(_facts.InitiatorId.IsEmpty);
        Assert.Null(_facts.Outcome);
        Assert.Null(_facts.Kind);
    }

    [Theory]
    [InlineData("\"action\":\"a\",\"action\":\"b\",")]
    [InlineData("\"action\":7,")]
    [InlineData("\"initiator\":\"i\",")]
    [InlineData("\"initiator\":{\"id\":\"a\"},\"initiator\":{\"name\":\"b\"},")]
    [InlineData("\"initiator\":{\"name\":\"\\ud800\"},")]
    [InlineData("\"target\":{\"id\":\"a\",\"id\":\"b\"},")]
    public void A_line_that_facts_can_not_tell_exactly_is_odd(string members)
    {
        Assert.True(Read(Start + members + Own));

        Assert.True(_facts.IsOdd);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"quarantined":{"region":"us-south"}}""")]
    [InlineData(Start + "\"action\":\"a\"")]
    [InlineData(Start + "\"action\":\"a\"}")]
    [InlineData(Start + Own + "x")]
    [InlineData("{\"id\":{},\"eventTime\":[]," + Own)]
    public void What_is_no_event_is_refused(string line)
    {
        Assert.False(Read(line));
    }

    private bool Read(string line) => _facts.TryRead(Encoding.UTF8.GetBytes(line));
}
