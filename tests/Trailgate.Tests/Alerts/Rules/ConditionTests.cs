using System.Text;
using FsCheck;
using Trailgate.Alerts.Rules;
using Trailgate.Events;

namespace Trailgate.Tests.Alerts.Rules;

public sealed class ConditionTests
{
    [Theory]
    [InlineData("""{"field":"initiator.name","equals":"alice"}""", """{"initiator":{"name":"alice"}}""", true)]
    [InlineData("""{"field":"initiator.name","equals":"alice"}""", """{"initiator":{"name":"Alice"}}""", false)]
    [InlineData("""{"field":"initiator.name","equals":"alice"}""", """{"initiator":{"name":"\u0061lice"}}""", true)]
    [InlineData("""{"field":"initiator.name","equals":"alice"}""", """{"initiator":"alice"}""", false)]
    [InlineData("""{"field":"initiator.name","equals":"alice"}""", "{}", false)]
    [InlineData("""{"field":"initiator.name","equals":"a","in":["a","b"]}""", """{"initiator":{"name":"b"}}""", false)]
    [InlineData("""{"field":"/extensions/a.b~1c","equals":1}""", """{"extensions":{"a.b/c":1.0}}""", true)]
    [InlineData("""{"field":"dataEvent","equals":true}""", """{"dataEvent":true}""", true)]
    [InlineData("""{"field":"dataEvent","equals":true}""", """{"dataEvent":"true"}""", false)]
    [InlineData("""{"field":"reason.reasonCode","in":[401,"forbidden",false]}""", """{"reason":{"reasonCode":"forbidden"}}""", true)]
    [InlineData("""{"field":"reason.reasonCode","in":[401,"forbidden",false]}""", """{"reason":{"reasonCode":false}}""", true)]
    [InlineData("""{"field":"reason.reasonCode","in":[401,"forbidden",false]}""", """{"reason":{"reasonCode":4010}}""", false)]
    [InlineData("""{"field":"reason.reasonCode","ge":400,"lt":500}""", """{"reason":{"reasonCode":400}}""", true)]
    [InlineData("""{"field":"reason.reasonCode","ge":400,"lt":500}""", """{"reason":{"reasonCode":500}}""", false)]
    [InlineData("""{"field":"reason.reasonCode","gt":400}""", """{"reason":{"reasonCode":400}}""", false)]
    [InlineData("""{"field":"reason.reasonCode","le":400}""", """{"reason":{"reasonCode":"4e2"}}""", true)]
    [InlineData("""{"field":"reason.reasonCode","le":400}""", """{"reason":{"reasonCode":"4 "}}""", false)]
    [InlineData("""{"field":"target.name","glob":["prod-*","*-live"]}""", """{"target":{"name":"PROD-1"}}""", true)]
    [InlineData("""{"field":"target.name","glob":["prod-*","*-live"]}""", """{"target":{"name":"shop-live-2"}}""", false)]
    [InlineData("""{"field":"initiator.host.address","cidr":"10.0.0.0/8"}""", """{"initiator":{"host":{"address":"10.255.0.1"}}}""", true)]
    [InlineData("""{"field":"initiator.host.address","cidr":["10.0.0.0/8","2001:db8::/32"]}""", """{"initiator":{"host":{"address":"2001:db8::7"}}}""", true)]
    [InlineData("""{"field":"initiator.host.address","cidr":"10.0.0.0/8"}""", """{"initiator":{"host":{"address":"11.0.0.1"}}}""", false)]
    [InlineData("""{"field":"target.tags","equals":"b"}""", """{"target":{"tags":["a","b"]}}""", true)]
    [InlineData("""{"field":"requestData.items.name","equals":"y"}""", """{"requestData":{"items":[{"name":"x"},[{"name":"y"}]]}}""", true)]
    [InlineData("""{"not":{"field":"target.tags","equals":"b"}}""", """{"target":{"tags":["a","b"]}}""", false)]
    [InlineData("""{"field":"message","exists":true}""", """{"message":""}""", true)]
    [InlineData("""{"field":"message","exists":true}""", """{"message":null}""", false)]
    [InlineData("""{"field":"requestData","exists":true}""", """{"requestData":{}}""", true)]
    [InlineData("""{"field":"requestData","exists":true}""", """{"requestData":[]}""", false)]
    [InlineData("""{"field":"message","exists":false}""", "{}", true)]
    [InlineData("""{"field":"message","exists":true}""", """{"message":"half \ud83d"}""", true)]
    [InlineData("""{"field":"region","in":["us-south","eu-de"]}""", "{}", true)]
    [InlineData("""{"field":"region","glob":"eu-*"}""", "{}", false)]
    [InlineData("""{"field":"trailgate.kind","equals":"delete"}""", """{"trailgate":{"kind":"delete"}}""", true)]
    [InlineData("""{"field":"project","equals":"p-1"}""", """{"target":{"id":"crn:v1:bluemix:public:codeengine:us-south:a/1:p-1:app:x"}}""", true)]
    [InlineData("""{"field":"project","equals":"p-1"}""", """{"logSourceCRN":"crn:v1:bluemix:public:codeengine:us-south:a/1:p-1::"}""", true)]
    [InlineData("""{"field":"project","exists":true}""", """{"target":{"id":"IBMid-1"}}""", false)]
    [InlineData("""{"any":[{"field":"outcome","equals":"failure"},{"field":"message","exists":true}]}""", """{"outcome":"success","message":"m"}""", true)]
    [InlineData("""{"all":[{"field":"outcome","equals":"failure"},{"field":"message","exists":true}]}""", """{"outcome":"success","message":"m"}""", false)]
    public void A_condition_holds_for_the_events_that_it_describes(string condition, string members, bool expected)
    {
        var bytes = AlertRuleTests.Line(members);

        Assert.Equal(expected, Rules(condition).Matches(AlertWorld.Parsed(bytes), bytes));
    }

    [Fact]
    public void A_line_that_ends_too_early_matches_no_rule_that_has_to_read_it()
    {
        var bytes = AlertRuleTests.Line("{}");
        var rules = Rules("""{"field":"message","exists":false}""");

        Assert.False(rules.Matches(AlertWorld.Parsed(bytes), bytes.AsSpan(0, bytes.Length - 1)));
    }

    /// <summary>The compiled form decides early and reads once; the plain one asks every part of its own.</summary>
    [Fact]
    public void Every_condition_comes_to_what_its_parts_come_to() =>
        Prop.ForAll<int>(seed => ComesToItsParts(seed)).Check(new Configuration { MaxNbOfTest = 1_000, Runner = Config.QuickThrowOnFailure.Runner });

    private static Property ComesToItsParts(int seed)
    {
        var random = new System.Random(seed);
        var condition = RandomCondition(random, 4);
        var bytes = AlertRuleTests.Line(RandomMembers(random));
        var line = AlertWorld.Parsed(bytes);
        var rules = new RuleSet([new AlertRule("other", RandomCondition(random, 2)), new AlertRule("this", condition)]);
        var matching = new List<AlertRule>();

        rules.Match(line, bytes, matching);

        return (matching.Any(rule => rule.Name == "this") == Holds(condition, line, bytes)
            && rules.Matches(line, bytes) == matching.Count > 0).Label($"{condition} on {Encoding.UTF8.GetString(bytes)}");
    }

    private static bool Holds(Condition condition, in EventLine line, byte[] bytes)
    {
        var copy = line;
        return condition switch
        {
            Condition.All all => all.Parts.All(part => Holds(part, copy, bytes)),
            Condition.Any any => any.Parts.Any(part => Holds(part, copy, bytes)),
            Condition.Not not => !Holds(not.Part, copy, bytes),
            Condition.Field field => EventFields.All(bytes, field.Path, 10).Any(value => field.Test.Passes(System.Text.Json.JsonTokenType.String, Encoding.UTF8.GetBytes(value))),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static Condition RandomCondition(System.Random random, int depth) => random.Next(depth == 0 ? 1 : 4) switch
    {
        1 => new Condition.All([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => RandomCondition(random, depth - 1))]),
        2 => new Condition.Any([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => RandomCondition(random, depth - 1))]),
        3 => new Condition.Not(RandomCondition(random, depth - 1)),
        _ => RandomField(random),
    };

    private static Condition.Field RandomField(System.Random random)
    {
        var (field, values) = random.Next(4) switch
        {
            0 => ("kind", new[] { "delete", "read" }),
            1 => ("outcome", ["failure", "success"]),
            2 => ("region", ["us-south", "eu-de"]),
            _ => ("message", ["a", "b"]),
        };
        Assert.True(FieldPath.TryParse(field, out var path, out _));
        var value = values[random.Next(values.Length)];
        return new Condition.Field(path, new FieldTest.TextIn([Encoding.UTF8.GetBytes(value)], value));
    }

    private static string RandomMembers(System.Random random)
    {
        var outcome = random.Next(2) == 0 ? "failure" : "success";
        var kind = random.Next(2) == 0 ? "delete" : "read";
        var message = random.Next(3) switch { 0 => "", 1 => "\"message\":\"a\",", _ => "\"message\":[\"a\",\"b\"]," };
        return $"{{{message}\"outcome\":\"{outcome}\",\"trailgate\":{{\"kind\":\"{kind}\"}}}}";
    }

    private static RuleSet Rules(string condition)
    {
        var rules = RuleReader.Read(Encoding.UTF8.GetBytes($$"""{"rules":[{"name":"it","when":{{condition}}}]}"""), [], out var problems);
        Assert.Empty(problems);
        return new RuleSet(rules!);
    }
}
