using System.Text;
using Trailgate.Alerts.Rules;

namespace Trailgate.Tests.Alerts.Rules;

public sealed class RuleReaderTests
{
    [Fact]
    public void A_rule_is_read_with_all_its_members()
    {
        var rule = Assert.Single(Read("""
            {
              // comments and a comma at the end are allowed
              "rules": [{
                "name": "night-deletes", "description": "Deletes.", "severity": "warning", "enabled": true,
                "when": { "field": "kind", "equals": "delete" },
                "threshold": { "count": 3, "within": "00:01:30" },
                "group": { "by": ["target.id", "/initiator/id"], "window": "0:02:00" },
              }]
            }
            """));

        Assert.Equal("night-deletes", rule.Name);
        Assert.Equal("Deletes.", rule.Description);
        Assert.Equal("warning", rule.Severity);
        Assert.True(rule.IsOn);
        Assert.Equal("kind is delete", rule.When.ToString());
        Assert.Equal(new RuleThreshold(3, TimeSpan.FromSeconds(90)), rule.Threshold);
        Assert.Equal(["target.id", "/initiator/id"], rule.Grouping.By.Select(field => field.ToString()));
        Assert.Equal(TimeSpan.FromMinutes(2), rule.Grouping.Window);
    }

    [Fact]
    public void A_rule_with_a_shipped_name_changes_what_it_names_and_keeps_the_rest()
    {
        var rules = RuleReader.Read("""{"rules":[{"name":"unauthorized","enabled":true},{"name":"mine","when":{"field":"message","exists":true}}]}"""u8.ToArray(), ShippedRules.All, out _);

        Assert.Equal([.. ShippedRules.All.Select(rule => rule.Name), "mine"], rules!.Select(rule => rule.Name));
        var unauthorized = rules!.Single(rule => rule.Name == "unauthorized");
        Assert.True(unauthorized.IsOn);
        Assert.Equal("critical", unauthorized.Severity);
        Assert.Same(ShippedRules.Named("unauthorized").When, unauthorized.When);
    }

    [Fact]
    public void Without_another_word_alerts_are_grouped_by_initiator_and_project()
    {
        var rule = Assert.Single(Read("""{"rules":[{"name":"a","when":{"field":"message","exists":true}}]}"""));

        Assert.Equal(["initiator.id", "project"], rule.Grouping.By.Select(field => field.ToString()));
        Assert.Null(rule.Grouping.Window);
    }

    [Fact]
    public void Every_fault_is_told_with_line_column_and_path()
    {
        const string Text = """
            {
              "rules": [
                { "name": "Bad Name", "when": {} },
                { "name": "one", "when": { "field": "a..b", "equals": 1 } },
                { "name": "two", "when": { "all": [ { "field": "x", "cidr": ["10.0.0.0/33"] }, { "field": "x", "lt": "7" } ] } },
                { "name": "three", "when": { "field": "x" }, "window": 5 },
                { "name": "four", "when": { "field": "x", "equals": null }, "threshold": { "count": 1, "within": "00:01:00" } },
                { "name": "five", "severity": "bad", "when": { "any": [] } },
                { "name": "six" },
                { "name": "pipeline", "enabled": false }
              ]
            }
            """;

        string[] expected =
        [
            "line 3, column 15, rules[0].name: a rule's name has 1 to 40 lower-case letters, digits and hyphens.",
            "line 3, column 35, rules[0].when: a condition is one of all, any and not, or a field with what is asked of it.",
            "line 4, column 41, rules[1].when.field: a name between two dots is empty; begin the field with / to write a JSON pointer.",
            "line 5, column 66, rules[2].when.all[0].cidr[0]: this is no range of addresses such as 10.0.0.0/8 or 2001:db8::/32: behind the prefix all bits are 0.",
            "line 5, column 106, rules[2].when.all[1].lt: lt compares with a number.",
            "line 6, column 60, rules[3].window: a rule has no member of this name; it may have name, description, enabled, severity, when, threshold, wait, group.",
            "line 6, column 32, rules[3].when: nothing is asked of the field; ask one of equals, in, glob, cidr, exists, lt, le, gt, ge.",
            "line 7, column 57, rules[4].when.equals: null is no value: write \"exists\": false.",
            "line 7, column 89, rules[4].threshold.count: a threshold has a count from 2 to 1000.",
            "line 8, column 59, rules[5].when.any: this is a list of 1 to 1000 conditions.",
            "line 8, column 35, rules[5].severity: a severity is normal, warning or critical.",
            "line 9, column 5, rules[6]: the rule has no when, and no shipped rule has its name.",
            "line 10, column 15, rules[7].name: pipeline is what Trailgate raises by itself; name the rule otherwise.",
        ];
        Assert.Equal(expected, Faults(Text));
    }

    [Theory]
    [InlineData("", """there is nothing in it; the least that can be is {"rules":[]}.""")]
    [InlineData(" \t\r\n", "there is nothing in it")]
    [InlineData("\uFEFF\n", "there is nothing in it")]
    [InlineData("{", "this is no JSON")]
    [InlineData("[]", "the whole is an object")]
    [InlineData("{}", "line 1, column 1: the whole is an object with a list named rules.")]
    [InlineData("""{"rules":[{"name":"a","when":{"field":"x","equals":1}},{"name":"a","when":{"field":"x","equals":1}}]}""", "a rule named a stands here twice.")]
    [InlineData("""{"rules":[{"name":"a","name":"b","when":{"field":"x","equals":1}}]}""", "this member stands here twice.")]
    [InlineData("""{"rules":[{"name":"a","when":{"field":"x","equals":1,"not":{}}}]}""", "a condition is one of all, any and not, or a field with what is asked of it.")]
    [InlineData("""{"rules":[{"name":"a","when":{"field":"x","equals":{}}}]}""", "a value is a text of at most 512 characters, a number, true or false.")]
    [InlineData("""{"rules":[{"name":"a","when":{"field":"x","equals":"\ud83d"}}]}""", "a text holds an escape or bytes that are no characters.")]
    [InlineData("""{"rules":[{"name":"a","when":{"field":"/x~2","equals":1}}]}""", "in a JSON pointer ~ is written ~0 and / is written ~1.")]
    [InlineData("""{"rules":[{"name":"a","when":{"field":"kind","equals":"delte"}}]}""", "rules[0].when.equals: no event has this as its kind, which is one of other, read, create, update, delete, security.")]
    [InlineData("""{"rules":[{"name":"a","when":{"field":"/trailgate/kind","in":["delete","Create"]}}]}""", "rules[0].when.in[1]: no event has this as its /trailgate/kind, which is one of other,")]
    [InlineData("""{"rules":[{"name":"a","when":{"not":{"field":"outcome","equals":"ok"}}}]}""", "no event has this as its outcome, which is one of unknown, success, failure, pending.")]
    [InlineData("""{"rules":[{"name":"a","when":{"field":"outcome","equals":true}}]}""", "no event has this as its outcome")]
    [InlineData("""{"rules":[{"name":"a","when":{"field":"severity","in":["critical",2]}}]}""", "rules[0].when.in[1]: no event has this as its severity, which is one of normal, warning, critical.")]
    [InlineData("""{"rules":[{"name":"a","when":{"field":"kind","exists":true},"wait":{"for":"00:05:00","until":{"field":"outcome","equals":"done"}}}]}""", "rules[0].wait.until.equals: no event has this as its outcome")]
    [InlineData("""{"rules":[{"name":"a","when":{"field":"x","equals":1},"wait":{"for":"00:05:00"}}]}""", "a wait has an until: the condition on the event that ends it.")]
    [InlineData("""{"rules":[{"name":"a","when":{"field":"x","equals":1},"group":{"window":"1.00:00:01"}}]}""", "window is a time from 00:00:00 to 1.00:00:00")]
    [InlineData("""{"rules":[{"name":"a","when":{"field":"x","equals":1},"group":{"window":"1"}}]}""", "window is a time from 00:00:00 to 1.00:00:00")]
    [InlineData("""{"rules":[{"name":"a","when":{"field":"x","equals":1},"group":{"by":["a","b","c","d","e","f"]}}]}""", "by is a list of at most 5 fields.")]
    [InlineData("""{"rules":[{"name":"many-failures","wait":{"for":"00:05:00","until":{"field":"x","exists":true}}}]}""", "a rule has a threshold or a wait, not both.")]
    public void What_is_wrong_is_said(string text, string expected) =>
        Assert.Contains(expected, Assert.Single(Faults(text)), StringComparison.Ordinal);

    [Fact]
    public void Fields_of_the_source_may_have_any_value() => Assert.Single(Read("""
        {"rules":[{"name":"a","when":{"any":[{"field":"trailgate.given.outcome","equals":"ok"},{"field":"kind.x","equals":"delte"},
        {"field":"requestData.severity","equals":"high"},{"field":"region","equals":"mars"},{"field":"outcome","glob":"fail*"}]}}]}
        """));

    [Fact]
    public void All_faults_of_a_rule_are_told()
    {
        const string Text = """
            {"rules":[{
              "name":"Bad Name",
              "nonsense":1,
              "when":{"field":"kind","equals":"delte"},
              "severity":"bad",
              "threshold":{"count":1,"within":"1"},
              "wait":{"for":"1"},
              "group":{"by":"x","window":"1"}}]}
            """;

        Assert.Equal(
            ["rules[0].nonsense", "rules[0].name", "rules[0].when.equals", "rules[0].severity", "rules[0].threshold.count", "rules[0].threshold.within",
                "rules[0].wait", "rules[0].wait.for", "rules[0].group.by", "rules[0].group.window"],
            Faults(Text).Select(fault => fault.Split(':')[0].Split(", ")[^1]));
    }

    [Fact]
    public void Rules_have_limits()
    {
        static string Rule(int number, string when) => $$"""{"name":"r-{{number}}","when":{{when}}}""";
        const string Simple = """{"field":"x","equals":1}""";
        var deep = string.Concat(Enumerable.Repeat("""{"not":""", 16)) + Simple + new string('}', 16);
        var wide = $$"""{"any":[{{string.Join(',', Enumerable.Repeat(Simple, 513))}}]}""";

        Assert.Contains("at most 200 rules", Assert.Single(Faults($$"""{"rules":[{{string.Join(',', Enumerable.Range(0, 194).Select(i => Rule(i, Simple)))}}]}""")), StringComparison.Ordinal);
        Assert.Contains("nested at most 16 deep", Assert.Single(Faults($$"""{"rules":[{{Rule(1, deep)}}]}""")), StringComparison.Ordinal);
        Assert.Contains("at most 1024 fields", Assert.Single(Faults($$"""{"rules":[{{Rule(1, wide)}},{{Rule(2, wide)}}]}""")), StringComparison.Ordinal);
        Assert.Contains("at most 262144 bytes", Assert.Single(Faults(new string(' ', 262_145))), StringComparison.Ordinal);
    }

    private static IReadOnlyList<AlertRule> Read(string text)
    {
        var rules = RuleReader.Read(Encoding.UTF8.GetBytes(text), [], out var problems);
        Assert.Empty(problems);
        return rules!;
    }

    private static IReadOnlyList<string> Faults(string text)
    {
        Assert.Null(RuleReader.Read(Encoding.UTF8.GetBytes(text), ShippedRules.All, out var problems));
        return problems;
    }
}
