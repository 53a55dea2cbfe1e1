using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Query.Stories;

/// <summary>
/// Tells what happened in one request: its steps of all regions and stores in the order of time, and beside them what the
/// same initiators did shortly before and after. It holds no more than the events that it answers with.
/// </summary>
public sealed class StorySearch(EventSearch search)
{
    /// <summary>Most steps of a story.</summary>
    public const int MaxSteps = EventQuery.MaxLimit;

    /// <summary>Most events before it, and most after it.</summary>
    public const int MaxBeside = 100;

    // One request is the work of one or two; more would be a correlationId that says nothing.
    private const int MaxInitiators = 5;

    private static readonly TimeSpan Around = TimeSpan.FromMinutes(10);

    /// <summary>Tells a story; null when no event has that correlationId. A retry is safe.</summary>
    /// <exception cref="ArchiveDamagedException">None was found, and a part of the archive that could hold one can not be read.</exception>
    /// <exception cref="StorageException">None was found and a store did not answer, or none did; a retry is safe.</exception>
    public async Task<Story?> FindAsync(string correlationId, CancellationToken cancellationToken)
    {
        var own = new EventQuery { CorrelationId = correlationId, Order = EventOrder.Oldest, Limit = MaxSteps };
        var asked = new Asked(search);
        var page = await asked.FindAsync(own, cancellationToken);
        var steps = Read(page.Lines);
        if (steps.Count == 0)
        {
            asked.ThrowUnlessComplete();
            return null;
        }

        var from = steps[0].Position.Time;
        var to = steps[^1].Position.Time;
        if (page.More)
        {
            var last = await asked.FindAsync(own with { Order = EventOrder.Newest, Limit = 1 }, cancellationToken);
            to = last.Last?.Time ?? to;
        }

        var others = new EventQuery { Except = [new EventQuery { CorrelationId = correlationId }], Limit = MaxBeside };
        var before = others with { From = Shift(from, -Around), To = from, Order = EventOrder.Newest };
        var after = others with { From = to, To = Shift(to, Around), Order = EventOrder.Oldest };
        var initiators = steps.Select(InitiatorOf).OfType<string>().Distinct(StringComparer.Ordinal).Take(MaxInitiators).ToList();
        return new Story
        {
            CorrelationId = correlationId,
            Regions = [.. steps.Select(RegionOf).Distinct().Order()],
            From = from,
            To = to,
            Steps = Mark(page.Lines, steps),
            More = page.More,
            Before = await BesideAsync(asked, before, initiators, cancellationToken),
            After = await BesideAsync(asked, after, initiators, cancellationToken),
            Unavailable = [.. asked.Unavailable],
            Damaged = [.. asked.Damaged],
            Read = asked.Read,
        };
    }

    // The nearest ones of all initiators, in the order of time.
    private static async Task<IReadOnlyList<ReadOnlyMemory<byte>>> BesideAsync(
        Asked asked, EventQuery query, List<string> initiators, CancellationToken cancellationToken)
    {
        var found = new SortedDictionary<EventPosition, ReadOnlyMemory<byte>>();
        foreach (var initiator in initiators)
        {
            var page = await asked.FindAsync(query with { Initiator = new ActionPattern(initiator) }, cancellationToken);
            foreach (var line in page.Lines)
            {
                // The filter looks at id and name, in either case, and takes a star for a pattern.
                if (EventDocument.TryRead(line.Span, out var read) && InitiatorOf(read) == initiator)
                {
                    found[read.Position] = line;
                }
            }
        }

        return [.. query.Order == EventOrder.Newest ? found.Values.TakeLast(MaxBeside) : found.Values.Take(MaxBeside)];
    }

    private static List<EventDocument> Read(IReadOnlyList<ReadOnlyMemory<byte>> lines) =>
        [.. lines.Select(line => EventDocument.TryRead(line.Span, out var read) ? read : null).OfType<EventDocument>()];

    // An attempt is resolved by a step of the same action and target, of its own moment or later, that tells an end.
    private static List<StoryStep> Mark(IReadOnlyList<ReadOnlyMemory<byte>> lines, List<EventDocument> steps)
    {
        var ends = new Dictionary<(string, string?, string?), EventTime>();
        foreach (var step in steps.Where(static step => step.Outcome is Outcome.Success or Outcome.Failure))
        {
            ends[SubjectOf(step)] = step.Position.Time; // the later one stays
        }

        return [.. steps.Zip(lines, (step, line) => new StoryStep(
            line,
            step.Outcome is Outcome.Pending or Outcome.Unknown && !(ends.TryGetValue(SubjectOf(step), out var end) && end >= step.Position.Time)))];
    }

    private static (string, string?, string?) SubjectOf(EventDocument step) => (step.Action, step.Text("target", "id"), step.Text("target", "name"));

    private static string? InitiatorOf(EventDocument step) =>
        step.Text("initiator", "id") is { Length: > 0 } id ? id : step.Text("initiator", "name") is { Length: > 0 } name ? name : null;

    private static Region RegionOf(EventDocument step) => Region.TryParse(step.Text("trailgate", "region"), out var region) ? region : Region.Unknown;

    private static EventTime Shift(EventTime time, TimeSpan by) => new(Math.Clamp(time.Ticks + by.Ticks, 0, DateTime.MaxValue.Ticks), time.Nanoseconds);

    /// <summary>The search, and what it could not look into.</summary>
    private sealed class Asked(EventSearch search)
    {
        public SortedSet<string> Unavailable { get; } = new(StringComparer.Ordinal);

        public HashSet<DamagedPart> Damaged { get; } = [];

        public ReadCost Read { get; private set; }

        public async Task<EventPage> FindAsync(EventQuery query, CancellationToken cancellationToken)
        {
            var page = await search.FindAsync(query, cancellationToken);
            Unavailable.UnionWith(page.Unavailable);
            Damaged.UnionWith(page.Damaged);
            Read = new ReadCost(Read.Blobs + page.Read.Blobs, Read.Bytes + page.Read.Bytes);
            return page;
        }

        public void ThrowUnlessComplete()
        {
            if (Unavailable.Count > 0)
            {
                throw new StorageException($"The store {Unavailable.First()} did not answer, so it can not be said that there is no such event.");
            }

            if (Damaged.Count > 0)
            {
                throw new ArchiveDamagedException(Damaged.First().Blob, "it can not be read, so it can not be said that there is no such event");
            }
        }
    }
}
