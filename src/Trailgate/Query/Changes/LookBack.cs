using System.Text.Json;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Query.Changes;

/// <summary>
/// Walks back from an event through what happened to the same object, until all of it is known or enough was examined, and
/// tells what was known of it. Only what succeeded counts, by the time at which it happened and not by that of its
/// arrival.
/// </summary>
internal sealed class LookBack(EventSearch search, StoreReaders readers)
{
    /// <summary>Most events that are examined.</summary>
    public const int MaxEvents = 500;

    private const int PageSize = 100;

    // Each can be a megabyte.
    private const int MaxOverflows = 20;

    private readonly List<(EventDocument Read, EventBodies Bodies, Relation Relation)> _about = [];
    private int _overflows;

    /// <summary>How many events were examined.</summary>
    public int Examined { get; private set; }

    /// <summary>Where the walk ended because enough was examined; null when it did not.</summary>
    public EventTime? EndedAt { get; private set; }

    /// <summary>How many changes of the object lie between whose bodies are missing, or that may or may not be about it.</summary>
    public int Unclear { get; private set; }

    /// <summary>Whether a store did not answer, or a part of an archive could not be read.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>The bodies of an event.</summary>
    public async Task<EventBodies> ReadBodiesAsync(EventDocument read, ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        if (OverflowReader.NameIn(line) is not { } name || _overflows++ >= MaxOverflows)
        {
            return EventBodies.Of(read, overflow: null);
        }

        try
        {
            // Its name is the hash of its content, so any store that has it has the right one.
            var whole = await readers.AskUntilAsync(
                async (reader, token) => await reader.Overflows.ReadAsync(name, token) is { } json ? new Overflow(json) : null, cancellationToken);
            return EventBodies.Of(read, whole?.Json);
        }
        catch (Exception e) when (e is ArchiveDamagedException or StorageException)
        {
            IsIncomplete = true;
            return EventBodies.Of(read, overflow: null);
        }
    }

    /// <summary>What was known of an object before an event.</summary>
    public async Task<KnownValue> FindAsync(EventDocument read, ChangeSubject subject, CancellationToken cancellationToken)
    {
        var query = new EventQuery
        {
            Target = new TargetFilter(subject.TargetId),
            Action = ActionOf(read, subject, "*"),
            Outcome = Outcome.Success,
            After = read.Position,
            Limit = PageSize,
        };
        var since = await WalkAsync(query, read, subject, cancellationToken);
        if (subject.Parent is { } parent)
        {
            // A CRN finds all that lies below it as well: there, lists alone are looked at.
            var verbs = parent.StartsWith('/') ? "*" : "list";
            query = query with { Target = new TargetFilter(parent), Action = ActionOf(read, subject, verbs), From = since };
            await WalkAsync(query, read, subject, cancellationToken);
        }

        return Fold(subject);
    }

    // The time of the event from which on all is known; null when there is none.
    private async Task<EventTime?> WalkAsync(EventQuery query, EventDocument of, ChangeSubject subject, CancellationToken cancellationToken)
    {
        for (var page = await FindAsync(query, cancellationToken); ; page = await FindAsync(query with { After = page.Last }, cancellationToken))
        {
            foreach (var line in page.Lines)
            {
                if (await ExamineAsync(line, of, subject, cancellationToken) is { } conclusive)
                {
                    return conclusive;
                }
            }

            if (!page.More)
            {
                return null;
            }

            if (Examined >= MaxEvents)
            {
                EndedAt = page.Last?.Time;
                return null;
            }
        }
    }

    private async Task<EventPage> FindAsync(EventQuery query, CancellationToken cancellationToken)
    {
        var page = await search.FindAsync(query, cancellationToken);
        IsIncomplete |= page.Damaged.Count + page.Unavailable.Count > 0;
        return page;
    }

    private async Task<EventTime?> ExamineAsync(ReadOnlyMemory<byte> line, EventDocument of, ChangeSubject subject, CancellationToken cancellationToken)
    {
        Examined++;
        if (!EventDocument.TryRead(line.Span, out var read) || IsSameStep(read, of))
        {
            return null;
        }

        var bodies = await ReadBodiesAsync(read, line, cancellationToken);
        var relation = subject.To(read, bodies);
        if (relation != Relation.None)
        {
            _about.Add((read, bodies, relation));
        }

        return relation == Relation.Same && IsConclusive(read, bodies) ? read.Position.Time : null;
    }

    // One step can tell of itself twice; what it tells is new, and not what was before it.
    private static bool IsSameStep(EventDocument read, EventDocument of) =>
        read.Text("correlationId") is { } id && id == of.Text("correlationId") && read.Action == of.Action && of.Kind != EventKind.Read;

    private static bool IsConclusive(EventDocument read, EventBodies bodies) =>
        read.Kind is EventKind.Create or EventKind.Delete || (bodies.Response is { ValueKind: JsonValueKind.Object } answer && ObjectBody.IsWhole(answer));

    private KnownValue Fold(ChangeSubject subject)
    {
        _about.Sort(static (left, right) => left.Read.Position.CompareTo(right.Read.Position));
        var known = new KnownValue();
        foreach (var (read, bodies, relation) in _about)
        {
            Add(known, read, bodies, relation, subject);
        }

        return known;
    }

    private void Add(KnownValue known, EventDocument read, EventBodies bodies, Relation relation, ChangeSubject subject)
    {
        var seen = new Observation(read);
        if (relation == Relation.Many)
        {
            AddEntry(known, read, bodies, seen, subject);
            return;
        }

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

    private void AddEntry(KnownValue known, EventDocument read, EventBodies bodies, Observation seen, ChangeSubject subject)
    {
        if (read.Kind is EventKind.Update or EventKind.Delete)
        {
            Unclear++;
        }
        else if (bodies.Response is { } answer && ObjectBody.FindIn(new SeenValue(answer, "/responseData", seen), subject.IsEntry) is { } entry)
        {
            ObjectStatement.OfEntry(entry)?.AddTo(known);
        }
    }

    private static ActionPattern? ActionOf(EventDocument read, ChangeSubject subject, string verbs) =>
        subject.Type.Length > 0 && read.Action.StartsWith(subject.Type, StringComparison.Ordinal) ? new ActionPattern($"{subject.Type}.{verbs}") : null;

    private sealed record Overflow(ReadOnlyMemory<byte> Json);
}
