using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Query.Changes;

/// <summary>What happened to an object, put together to what is known of it. Events are added in any order.</summary>
internal sealed class ObjectHistory(ChangeSubject subject)
{
    private readonly List<(EventDocument Read, EventBodies Bodies, Relation Relation)> _events = [];

    /// <summary>How many changes of which it is not known what they wrote, or whether they are about the object, lie in it; told by <see cref="Fold"/>.</summary>
    public int Unclear { get; private set; }

    /// <summary>Adds an event that may be about the object.</summary>
    /// <returns>Whether it tells all of the object, so that earlier events tell nothing more.</returns>
    public bool Add(EventDocument read, EventBodies bodies)
    {
        var relation = subject.To(read, bodies);
        if (relation != Relation.None)
        {
            _events.Add((read, bodies, relation));
        }

        return relation == Relation.Same
            && (read.Kind is EventKind.Create or EventKind.Delete || (bodies.Response is { ValueKind: JsonValueKind.Object } answer && ObjectBody.IsWhole(answer)));
    }

    /// <summary>What is known after all of it, in the order in which it happened.</summary>
    public KnownValue Fold()
    {
        Unclear = 0;
        _events.Sort(static (left, right) => left.Read.Position.CompareTo(right.Read.Position));
        var known = new KnownValue();
        foreach (var (read, bodies, relation) in _events)
        {
            if (relation == Relation.Many)
            {
                AddEntry(known, read, bodies);
            }
            else
            {
                AddTo(known, read, bodies);
            }
        }

        return known;
    }

    private void AddTo(KnownValue known, EventDocument read, EventBodies bodies)
    {
        var seen = new Observation(read);
        if (read.Kind is EventKind.Create or EventKind.Delete)
        {
            known.Remove(seen);
            Unclear = 0;
        }

        if (read.Kind is EventKind.Create or EventKind.Update)
        {
            Unclear += bodies.IsLeftOut ? 1 : 0;
            ObjectStatement.OfRequest(read, bodies, seen)?.AddTo(known);
            if (bodies.Request is { ValueKind: JsonValueKind.Array } operations)
            {
                JsonPatch.PathsOf(operations).ForEach(path => known.ForgetAt(path));
            }
        }

        if (read.Kind is EventKind.Create or EventKind.Update or EventKind.Read)
        {
            ObjectStatement.OfAnswer(bodies, seen)?.AddTo(known);
        }
    }

    private void AddEntry(KnownValue known, EventDocument read, EventBodies bodies)
    {
        if (read.Kind is EventKind.Update or EventKind.Delete)
        {
            Unclear++;
        }
        else if (bodies.Response is { } answer && ObjectBody.FindIn(new SeenValue(answer, "/responseData", new Observation(read)), subject.IsEntry) is { } entry)
        {
            ObjectStatement.OfEntry(entry)?.AddTo(known);
        }
    }
}
