using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Query.Changes;

/// <summary>
/// Says what an event changed. An update mostly carries new values alone, so the old ones are looked for in what happened to
/// the same object before: what created, read, listed or updated it.
/// </summary>
public sealed class ChangeSearch(EventSearch search, StoreReaders readers)
{
    /// <summary>Finds what an event changed. A retry is safe.</summary>
    /// <exception cref="ArchiveDamagedException">No newest ledger note can be read.</exception>
    /// <exception cref="StorageException">No store could do it; a retry is safe.</exception>
    public async Task<EventChanges> FindAsync(FoundEvent found, CancellationToken cancellationToken)
    {
        if (!EventDocument.TryRead(found.Line.Span, out var read))
        {
            throw new InvalidOperationException("What was found is no event.");
        }

        var look = new LookBack(search, readers);
        var bodies = await look.ReadBodiesAsync(read, found.Line, cancellationToken);
        var seen = new Observation(read);
        var list = new DifferenceList();
        if (GivenChanges.Add(list, bodies, seen))
        {
            return Answer(read, list, ChangeState.Compared, ChangeNotes.Of(read, bodies, list, look));
        }

        var said = StatementOf(read, bodies, seen);
        if (read.Kind != EventKind.Delete && said is null)
        {
            return WithoutStatement(read, bodies);
        }

        if (read.Kind == EventKind.Create)
        {
            list.Add(said!, KnownValue.None()); // not null: only a delete goes on without one
            return Answer(read, list, ChangeState.First, ChangeNotes.Of(read, bodies, list, look));
        }

        if (ChangeSubject.Of(read, bodies) is not { } subject)
        {
            return Answer(read, list, ChangeState.Unknown, ["The event names no target, so nothing earlier can be found."]);
        }

        var known = await look.FindAsync(read, subject, cancellationToken);
        return read.Kind == EventKind.Delete ? Deleted(read, known, look) : Compared(read, bodies, said!, known, list, look); // not null: as above
    }

    private static EventChanges Compared(
        EventDocument read, EventBodies bodies, ObjectStatement said, KnownValue known, DifferenceList list, LookBack look)
    {
        list.Add(said, known);
        return Answer(read, list, list.Compared > 0 ? ChangeState.Compared : ChangeState.Unknown, ChangeNotes.Of(read, bodies, list, look)) with { Examined = look.Examined };
    }

    private static EventChanges Deleted(EventDocument read, KnownValue known, LookBack look)
    {
        var isKnown = known.IsThere && known.Members.Any();
        List<string> notes = [.. ChangeNotes.Of(read, bodies: null, new DifferenceList(), look)];
        if (!isKnown)
        {
            notes.Add("No earlier event shows what was deleted.");
        }

        return Answer(read, new DifferenceList(), isKnown ? ChangeState.Compared : ChangeState.Unknown, notes) with
        {
            Last = isKnown ? known.ToJson() : null,
            LastSeen = isKnown ? known.Seen : null,
            Examined = look.Examined,
        };
    }

    // A read tells by its answer; whoever changes something tells by the request, and by the answer where that says nothing.
    private static ObjectStatement? StatementOf(EventDocument read, EventBodies bodies, Observation seen)
    {
        var answer = ObjectStatement.OfAnswer(bodies, seen);
        return read.Kind switch
        {
            EventKind.Delete => null,
            EventKind.Read => ChangeSubject.IsList(read.Action) ? null : answer,
            _ => ObjectStatement.OfRequest(read, bodies, seen) ?? answer,
        };
    }

    private static EventChanges WithoutStatement(EventDocument read, EventBodies bodies)
    {
        if (bodies.Request is { ValueKind: System.Text.Json.JsonValueKind.Array } operations && JsonPatch.PathsOf(operations) is { Count: > 0 } paths)
        {
            return Answer(read, new DifferenceList(), ChangeState.Unknown, ["The change was sent as single operations (JSON Patch), which are not compared."]) with
            {
                Unknown = [.. paths.Select(static path => path.Aggregate("", JsonPath.Append))],
            };
        }

        return bodies.IsLeftOut
            ? Answer(read, new DifferenceList(), ChangeState.Unknown, [ChangeNotes.LeftOut])
            : Answer(read, new DifferenceList(), ChangeState.NothingToCompare, []);
    }

    private static EventChanges Answer(EventDocument read, DifferenceList list, ChangeState state, IEnumerable<string> notes) => new()
    {
        Kind = read.Kind,
        Target = read.Text("target", "id"),
        State = state,
        Differences = list.Differences,
        Unknown = list.Unknown,
        Notes = [.. notes],
    };
}
