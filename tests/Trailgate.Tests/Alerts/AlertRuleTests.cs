using Trailgate.Alerts;

namespace Trailgate.Tests.Alerts;

public sealed class AlertRuleTests
{
    [Theory]
    [InlineData("delete", "success", "delete")]
    [InlineData("delete", "failure", "delete failure")]
    [InlineData("create", "failure", "failure")]
    [InlineData("read", "success", "")]
    [InlineData("security", "pending", "")]
    [InlineData("other", "unknown", "")]
    public void Deletes_and_failures_match_and_nothing_else(string kind, string outcome, string expected)
    {
        var line = AlertWorld.Parsed(AlertWorld.Line(1, kind, outcome));

        var matching = string.Join(' ', AlertRule.All.Where(rule => rule.Matches(line)).Select(rule => rule.Name));

        Assert.Equal(expected, matching);
        Assert.Equal(expected.Length > 0, RuleSet.Default.Matches(line));
    }

    [Fact]
    public void A_rule_that_the_settings_turn_off_does_not_match()
    {
        var rules = RuleSet.From(new AlertOptions { Rules = { ["delete"] = false } });

        Assert.False(rules.Matches(AlertWorld.Parsed(AlertWorld.Line(1, "delete", "success"))));
        Assert.True(rules.Matches(AlertWorld.Parsed(AlertWorld.Line(1, "delete", "failure"))));
    }

    [Fact]
    public void Matching_does_not_allocate()
    {
        var dispatcher = new AlertWorld().Dispatcher;
        var matching = AlertWorld.Parsed(AlertWorld.Line(1, "create", "failure"));
        var other = AlertWorld.Parsed(AlertWorld.Line(2, "read"));
        dispatcher.Matches(matching);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = 0;
        for (var i = 0; i < 1000; i++)
        {
            count += dispatcher.Matches(matching) ? 1 : 0;
            count += dispatcher.Matches(other) ? 1 : 0;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1000, count);
    }
}
