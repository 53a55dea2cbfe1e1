using System.Text;
using Trailgate.Events;

namespace Trailgate.Tests.Events;

public sealed class EventKindTests
{
    [Theory]
    [InlineData(EventKind.Read, "read")]
    [InlineData(EventKind.Create, "create")]
    [InlineData(EventKind.Update, "update")]
    [InlineData(EventKind.Delete, "delete")]
    [InlineData(EventKind.Security, "security")]
    [InlineData(EventKind.Other, "other")]
    public void A_kind_has_a_text_that_reads_back(EventKind kind, string text)
    {
        Assert.Equal(text, kind.ToText());
        Assert.True(EventKinds.TryParse(Encoding.ASCII.GetBytes(text), out var read));
        Assert.Equal(kind, read);
    }

    [Theory]
    [InlineData(Outcome.Success, "success")]
    [InlineData(Outcome.Failure, "failure")]
    [InlineData(Outcome.Pending, "pending")]
    [InlineData(Outcome.Unknown, "unknown")]
    public void An_outcome_has_a_text_that_reads_back(Outcome outcome, string text)
    {
        Assert.Equal(text, outcome.ToText());
        Assert.True(Outcomes.TryParse(Encoding.ASCII.GetBytes(text), out var read));
        Assert.Equal(outcome, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Delete")]
    [InlineData("deleted")]
    public void Other_words_are_none(string text)
    {
        Assert.False(EventKinds.TryParse(Encoding.ASCII.GetBytes(text), out _));
        Assert.False(Outcomes.TryParse(Encoding.ASCII.GetBytes(text), out _));
    }
}
