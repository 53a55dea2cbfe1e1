using System.Text;
using Trailgate.Alerts;
using Trailgate.Alerts.Rules;

namespace Trailgate.Tests.Alerts.Rules;

public sealed class AlertRuleTests
{
    [Theory]
    [InlineData("delete", "success", "delete")]
    [InlineData("delete", "failure", "delete failure")]
    [InlineData("create", "failure", "failure")]
    [InlineData("read", "success", "")]
    [InlineData("security", "pending", "")]
    [InlineData("other", "unknown", "")]
    public void Without_settings_deletes_and_failures_match_and_nothing_else(string kind, string outcome, string expected)
    {
        var bytes = AlertWorld.Line(1, kind, outcome);
        var line = AlertWorld.Parsed(bytes);
        var matching = new List<AlertRule>();

        RuleSet.Default.Match(line, bytes.Span, matching);

        Assert.Equal(expected, string.Join(' ', matching));
        Assert.Equal(expected.Length > 0, RuleSet.Default.Matches(line, bytes.Span));
    }

    [Theory]
    [InlineData("unauthorized", """{"reason":{"reasonCode":401}}""", true)]
    [InlineData("unauthorized", """{"reason":{"reasonCode":403}}""", true)]
    [InlineData("unauthorized", """{"reason":{"reasonCode":"403"}}""", true)]
    [InlineData("unauthorized", """{"reason":{"reasonCode":404}}""", false)]
    [InlineData("credential", """{"action":"iam-identity.user-apikey.create","trailgate":{"kind":"create"}}""", true)]
    [InlineData("credential", """{"action":"kms.secrets.rotate","trailgate":{"kind":"update"}}""", true)]
    [InlineData("credential", """{"action":"kms.secrets.list","trailgate":{"kind":"read"}}""", false)]
    [InlineData("credential", """{"action":"codeengine.application.create","trailgate":{"kind":"create"}}""", false)]
    [InlineData("audit-disabled", """{"action":"atracker.target.delete","trailgate":{"kind":"delete"}}""", true)]
    [InlineData("audit-disabled", """{"action":"atracker.target.list","trailgate":{"kind":"read"}}""", false)]
    [InlineData("many-failures", """{"outcome":"failure"}""", true)]
    [InlineData("unresolved", """{"outcome":"pending"}""", true)]
    [InlineData("unresolved", """{"outcome":"success"}""", false)]
    public void Rules_that_are_shipped_and_off_match_what_they_are_for_when_they_are_on(string name, string members, bool expected)
    {
        var shipped = ShippedRules.Named(name);
        Assert.False(shipped.IsOn);
        var rules = new RuleSet([new AlertRule(shipped) { IsOn = true }]);
        var bytes = Line(members);

        Assert.Equal(expected, rules.Matches(AlertWorld.Parsed(bytes), bytes));
    }

    [Fact]
    public void A_stage_that_is_not_the_last_of_an_action_matches_no_rule()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"id":"00000000000000000000000000000001","eventTime":"2026-06-09T06:00:00.000Z","outcome":"failure","trailgate":{"region":"us-south","kind":"delete","interim":true}}""");
        var matching = new List<AlertRule>();

        RuleSet.Default.Match(AlertWorld.Parsed(bytes), bytes, matching);

        Assert.Empty(matching);
        Assert.False(RuleSet.Default.Matches(AlertWorld.Parsed(bytes), bytes));
    }

    [Fact]
    public void Matching_the_shipped_rules_does_not_allocate()
    {
        var failure = AlertWorld.Line(1, "create", "failure");
        var reading = AlertWorld.Line(2, "read");

        Assert.Equal(1_000, CountWithoutAllocating(RuleSet.Default, failure, reading));
    }

    [Fact]
    public void Matching_rules_over_other_fields_does_not_allocate()
    {
        var rules = new RuleSet(RuleReader.Read(
            """
            {"rules":[{"name":"far","when":{"all":[
              {"field":"initiator.host.address","cidr":["9.0.0.0/8"]},{"field":"action","glob":"*.delete"},{"field":"reason.reasonCode","ge":400}]}}]}
            """u8.ToArray(), [], out _) ?? []);
        var matching = Line("""{"action":"a\u002edelete","reason":{"reasonCode":403},"initiator":{"host":{"address":"9.1.2.3"}}}""");
        var other = Line("""{"action":"a.delete","reason":{"reasonCode":403},"initiator":{"host":{"address":"8.1.2.3"}}}""");

        Assert.Equal(1_000, CountWithoutAllocating(rules, matching, other));
    }

    private static int CountWithoutAllocating(RuleSet rules, ReadOnlyMemory<byte> matching, ReadOnlyMemory<byte> other)
    {
        var parsed = AlertWorld.Parsed(matching);
        var otherParsed = AlertWorld.Parsed(other);
        rules.Matches(parsed, matching.Span);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = 0;
        for (var i = 0; i < 1_000; i++)
        {
            count += rules.Matches(parsed, matching.Span) ? 1 : 0;
            count += rules.Matches(otherParsed, other.Span) ? 1 : 0;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        return count;
    }

    /// <summary>A line that has these members, and what every line has.</summary>
    internal static byte[] Line(string members)
    {
        using var document = System.Text.Json.JsonDocument.Parse(members);
        var root = document.RootElement;
        var own = root.TryGetProperty("trailgate", out var given) ? given.GetRawText()[1..^1] : "\"kind\":\"other\"";
        var rest = string.Concat(root.EnumerateObject().Where(member => member.Name != "trailgate").Select(member => $",{member}"));
        return Encoding.UTF8.GetBytes(
            $"{{\"id\":\"00000000000000000000000000000001\",\"eventTime\":\"2026-06-09T06:00:00.000Z\"{rest},\"trailgate\":{{\"region\":\"us-south\",{own}}}}}");
    }
}
