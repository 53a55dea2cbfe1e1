using System.Text.Json;
using Trailgate.Cli.Demo;
using Trailgate.Events;

namespace Trailgate.Tests.Cli;

public sealed class DemoScriptTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 5, 54, 0, TimeSpan.Zero);

    [Fact]
    public void Every_action_begins_one_of_the_first_stories()
    {
        var script = new DemoScript(new Random(1));

        var seen = Enumerable.Range(0, CodeEngineActions.All.Count).Select(_ => script.Next(Now)[0].Action.Id);

        Assert.Equal(CodeEngineActions.All.Select(action => action.Id).Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_story_has_one_to_four_events_of_one_correlation_id_in_order_of_time_and_none_in_the_future()
    {
        foreach (var story in Stories(500))
        {
            Assert.InRange(story.Count, 1, 4);
            Assert.Single(story.Select(happened => happened.CorrelationId).Distinct());
            Assert.Equal(story.OrderBy(happened => happened.Time), story);
            Assert.True(story[^1].Time <= Now);
        }
    }

    [Fact]
    public void Failures_say_why_and_nothing_else_does()
    {
        var events = Stories(500).SelectMany(story => story).ToList();

        Assert.Contains(events, happened => happened.Outcome.Outcome == "failure");
        Assert.Contains(events, happened => happened.Outcome.Outcome == "pending");
        Assert.All(events, happened => Assert.Equal(happened.Outcome.Outcome == "failure", happened.Outcome.Failure is not null && happened.Outcome.Code >= 400));
    }

    [Fact]
    public void An_event_has_the_shape_of_its_source()
    {
        foreach (var happened in Stories(200).SelectMany(story => story))
        {
            using var document = JsonDocument.Parse(happened.ToJson());
            var root = document.RootElement;

            Assert.Matches(@"^2026-11-22T05:5\d:\d\d\.\d\d\+0000$", root.GetProperty("eventTime").GetString());
            Assert.Equal(happened.Action.Id, root.GetProperty("action").GetString());
            Assert.Equal("ActivityTracker", root.GetProperty("observer").GetProperty("name").GetString());
            Assert.Equal(happened.Action.Verb, root.GetProperty("requestData").GetProperty("verb").GetString());
            // Segment 6 of a CRN is the place, counted from 1.
            Assert.Equal(happened.Project.Region, root.GetProperty("logSourceCRN").GetString()!.Split(':')[5]);
            Assert.Equal(happened.Project.Region, root.GetProperty("target").GetProperty("id").GetString()!.Split(':')[5]);
            Assert.Equal(10, root.GetProperty("target").GetProperty("id").GetString()!.Split(':').Length);
        }
    }

    [Fact]
    public void Some_events_exceed_the_limit_and_some_carry_secrets()
    {
        var bodies = Stories(200).SelectMany(story => story).Select(happened => System.Text.Encoding.UTF8.GetString(happened.ToJson())).ToList();

        Assert.Contains(bodies, body => body.Length > 16_384);
        Assert.Contains(bodies, body => body.Contains("demo-not-real-", StringComparison.Ordinal));
    }

    private static List<IReadOnlyList<DemoEvent>> Stories(int count)
    {
        var script = new DemoScript(new Random(7));
        return Enumerable.Range(0, count).Select(_ => script.Next(Now)).ToList();
    }
}
