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
    private const string LeftOut = "A body of this event was left out by the source, or is no longer kept, so what it held is not known.";

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
            return Answer(read, list, ChangeState.Compared, NotesOn(read, bodies, list, look));
        }

        var said = StatementOf(read, bodies, seen);
        if (read.Kind != EventKind.Delete && said is null)
        {
            return WithoutStatement(read, bodies);
        }

        if (read.Kind == EventKind.Create)
        {
            list.Add(said!, KnownValue.None()); // not null: only a delete goes on without one
            return Answer(read, list, ChangeState.First, NotesOn(read, bodies, list, look));
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
        return Answer(read, list, list.Compared > 0 ? ChangeState.Compared : ChangeState.Unknown, NotesOn(read, bodies, list, look)) with { Examined = look.Examined };
    }

    private static EventChanges Deleted(EventDocument read, KnownValue known, LookBack look)
    {
        var isKnown = known.IsThere && known.Members.Any();
        List<string> notes = [.. NotesOn(read, bodies: null, new DifferenceList(), look)];
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
            EventKind.Read when bodies.Response is { } response && !ObjectBody.IsWhole(response) && ChangeSubject.VerbOf(read.Action) == "list" => null,
            EventKind.Read => answer,
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
            ? Answer(read, new DifferenceList(), ChangeState.Unknown, [LeftOut])
            : Answer(read, new DifferenceList(), ChangeState.NothingToCompare, []);
    }

    private static IEnumerable<string> NotesOn(EventDocument read, EventBodies? bodies, DifferenceList list, LookBack look)
    {
        if (read.Outcome != Outcome.Success && read.Kind != EventKind.Read)
        {
            yield return read.Outcome == Outcome.Failure
                ? "The action failed: this is what was asked for, and it was not done."
                : "The event does not tell whether the action was done: this is what was asked for.";
        }

        if (bodies is { IsLeftOut: true })
        {
            yield return LeftOut;
        }

        if (list.HasRedacted)
        {
            yield return "Redacted values can not be compared, unless both events have keyed hashes of them (Trailgate:Redaction:HmacKey).";
        }

        if (list.HasHashes)
        {
            yield return "Redacted values differ by their keyed hashes; they do as well where another key was set between the two events.";
        }

        if (list.HasMergedLists)
        {
            yield return "A list in a patch to Kubernetes may be merged by names; such lists are not compared.";
        }

        if (look.Unclear > 0)
        {
            yield return $"{look.Unclear} changes in between came without a body, or without the name of what they changed: an old value may have been another meanwhile.";
        }

        if (look.EndedAt is { } end)
        {
            yield return $"The search for old values ended after {look.Examined} events, at {end}.";
        }

        if (look.IsIncomplete)
        {
            yield return "A store did not answer, or a part of an archive can not be read: newer old values may be there.";
        }
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
