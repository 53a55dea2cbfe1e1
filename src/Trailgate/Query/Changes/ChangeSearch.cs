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
            return Answer(read, list, ChangeState.Compared, ChangeNotes.Of(read, bodies, list));
        }

        var subject = ChangeSubject.Of(read, bodies);
        if (read.Kind == EventKind.Delete)
        {
            return subject is null ? WithoutTarget(read) : Deleted(read, await look.FindAsync(read, subject, cancellationToken), look);
        }

        if (StatementOf(read, bodies, seen) is not { } said)
        {
            return WithoutStatement(read, bodies);
        }

        if (read.Kind == EventKind.Create)
        {
            list.Add(said, KnownValue.None());
            return Answer(read, list, ChangeState.First, ChangeNotes.Of(read, bodies, list));
        }

        if (subject is null)
        {
            return WithoutTarget(read);
        }

        var history = await look.FindAsync(read, subject, cancellationToken);
        list.Add(said, history.Fold());
        var notes = ChangeNotes.Of(read, bodies, list).Concat(ChangeNotes.Of(look, history.Unclear));
        return Answer(read, list, list.Compared > 0 ? ChangeState.Compared : ChangeState.Unknown, notes) with { Examined = look.Examined };
    }

    private static EventChanges Deleted(EventDocument read, ObjectHistory history, LookBack look)
    {
        var known = history.Fold();
        var nothing = new DifferenceList();
        var notes = ChangeNotes.Of(read, bodies: null, nothing).Concat(ChangeNotes.Of(look, history.Unclear));
        return (known.IsThere && known.Members.Any()
            ? Answer(read, nothing, ChangeState.Compared, notes) with { Last = known.ToJson(), LastSeen = known.Seen }
            : Answer(read, nothing, ChangeState.Unknown, notes.Append("No earlier event shows what was deleted."))) with
        { Examined = look.Examined };
    }

    private static EventChanges WithoutTarget(EventDocument read) =>
        Answer(read, new DifferenceList(), ChangeState.Unknown, ["The event names no target, so nothing earlier can be found."]);

    // A read tells by its answer; whoever changes something tells by the request, and by the answer where that says nothing.
    private static ObjectStatement? StatementOf(EventDocument read, EventBodies bodies, Observation seen)
    {
        var answer = ObjectStatement.OfAnswer(bodies, seen);
        return read.Kind != EventKind.Read ? ObjectStatement.OfRequest(read, bodies, seen) ?? answer
            : ChangeSubject.IsList(read.Action) ? null
            : answer;
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
