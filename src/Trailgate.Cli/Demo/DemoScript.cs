using Trailgate.Events;

namespace Trailgate.Cli.Demo;

/// <summary>
/// Decides what happens next: little stories of one to four events, told by one correlation id. The first event of each
/// is drawn from a shuffled deck of all actions, so that every action occurs once before any occurs again.
/// </summary>
internal sealed class DemoScript(Random random)
{
    private const int OversizedEvery = 40;
    private readonly Queue<CodeEngineAction> _deck = new();
    private int _stories;

    /// <summary>The next story, its events a little apart and none in the future.</summary>
    public IReadOnlyList<DemoEvent> Next(DateTimeOffset now)
    {
        if (_deck.Count == 0)
        {
            var actions = CodeEngineActions.All.ToArray();
            random.Shuffle(actions);
            Array.ForEach(actions, _deck.Enqueue);
        }

        var action = _deck.Dequeue();
        var outcomes = OutcomesOf(action.Verb);
        var first = new DemoEvent
        {
            Action = action,
            Who = Pick(DemoCast.People),
            Project = Pick(DemoCast.Projects),
            ObjectName = Pick(DemoCast.ObjectNames),
            Outcome = outcomes[0],
            Time = now.AddMilliseconds(-random.Next(500, 3000)),
            CorrelationId = Guid.NewGuid(),
            Oversized = ++_stories % OversizedEvery == 0,
        };
        var story = new List<DemoEvent> { first };
        foreach (var outcome in outcomes.Skip(1))
        {
            story.Add(first with { Outcome = outcome, Time = story[^1].Time.AddMilliseconds(random.Next(20, 100)), Oversized = false });
        }

        // Who changed something looks at it afterwards.
        if (action.Verb is "create" or "update"
            && CodeEngineActions.TryFind($"codeengine.{action.ObjectType}.read", out var look))
        {
            story.Add(first with { Action = look, Outcome = DemoOutcome.Success("read"), Time = story[^1].Time.AddMilliseconds(random.Next(20, 100)), Oversized = false });
        }

        return story;
    }

    private DemoOutcome[] OutcomesOf(string verb) => random.Next(100) switch
    {
        < 8 => [DemoOutcome.Failed(verb, random)],
        < 14 => [DemoOutcome.Failed(verb, random), DemoOutcome.Success(verb)],
        < 26 when verb is "create" or "delete" => [DemoOutcome.Pending, DemoOutcome.Success(verb)],
        _ => [DemoOutcome.Success(verb)],
    };

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
