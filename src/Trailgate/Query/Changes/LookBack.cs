using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Query.Changes;

/// <summary>
/// Walks back from an event through what happened to the same object, until all of it is known or enough was examined. Only
/// what succeeded counts, by the time at which it happened and not by that of its arrival.
/// </summary>
internal sealed class LookBack(EventSearch search, StoreReaders readers)
{
    /// <summary>Most events that are examined.</summary>
    public const int MaxEvents = 500;

    private const int PageSize = 100;

    // Each can be a megabyte.
    private const int MaxOverflows = 20;

    private int _overflows;

    /// <summary>How many events were examined.</summary>
    public int Examined { get; private set; }

    /// <summary>Where the walk ended because enough was examined; null when it did not.</summary>
    public EventTime? EndedAt { get; private set; }

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

    /// <summary>What happened to an object before an event.</summary>
    public async Task<ObjectHistory> FindAsync(EventDocument read, ChangeSubject subject, CancellationToken cancellationToken)
    {
        var history = new ObjectHistory(subject);
        var query = new EventQuery
        {
            Target = new TargetFilter(subject.TargetId),
            Action = ActionOf(read, subject, "*"),
            Outcome = Outcome.Success,
            After = read.Position,
            Limit = PageSize,
        };
        var since = await WalkAsync(query, read, history, cancellationToken);
        if (subject.Parent is { } parent)
        {
            // A CRN finds all that lies below it as well: there, lists alone are looked at.
            var verbs = parent.StartsWith('/') ? "*" : "list";
            query = query with { Target = new TargetFilter(parent), Action = ActionOf(read, subject, verbs), From = since };
            await WalkAsync(query, read, history, cancellationToken);
        }

        return history;
    }

    // The time of the event from which on all is known; null when there is none.
    private async Task<EventTime?> WalkAsync(EventQuery query, EventDocument of, ObjectHistory history, CancellationToken cancellationToken)
    {
        for (var page = await FindAsync(query, cancellationToken); ; page = await FindAsync(query with { After = page.Last }, cancellationToken))
        {
            foreach (var line in page.Lines)
            {
                if (await ExamineAsync(line, of, history, cancellationToken) is { } conclusive)
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

    private async Task<EventTime?> ExamineAsync(ReadOnlyMemory<byte> line, EventDocument of, ObjectHistory history, CancellationToken cancellationToken)
    {
        Examined++;
        if (!EventDocument.TryRead(line.Span, out var read) || IsSameStep(read, of))
        {
            return null;
        }

        return history.Add(read, await ReadBodiesAsync(read, line, cancellationToken)) ? read.Position.Time : null;
    }

    // One step can tell of itself twice; what it tells is new, and not what was before it.
    private static bool IsSameStep(EventDocument read, EventDocument of) =>
        read.Text("correlationId") is { } id && id == of.Text("correlationId") && read.Action == of.Action && of.Kind != EventKind.Read;

    private static ActionPattern? ActionOf(EventDocument read, ChangeSubject subject, string verbs) =>
        subject.Type.Length > 0 && read.Action.StartsWith(subject.Type, StringComparison.Ordinal) ? new ActionPattern($"{subject.Type}.{verbs}") : null;

    private sealed record Overflow(ReadOnlyMemory<byte> Json);
}
