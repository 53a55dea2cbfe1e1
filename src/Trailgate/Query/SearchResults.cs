using Trailgate.Events;
using Trailgate.Query.Facets;

namespace Trailgate.Query;

/// <summary>What a query found so far: the first events, and the counts of all.</summary>
internal sealed class SearchResults(EventQuery query)
{
    private readonly EventMatcher _matcher = new(query);
    private readonly EventFacts _facts = new();
    private readonly FirstEvents _found = new(query.Limit, query.Order, query.After);
    private readonly FacetTally? _tally = query.Facets.Count > 0 ? new FacetTally(query) : null;

    // Events of inboxes that were counted. While a run moves one it stands in the archive as well, and counts once.
    private readonly HashSet<EventId> _waiting = [];
    private int _source;
    private bool _isInbox;

    public EventQuery Query => query;

    public List<DamagedPart> Damaged { get; } = [];

    /// <summary>From now on lines of another batch or part of the archive are offered. Inboxes come before their archives.</summary>
    public void BeginSource(bool isInbox)
    {
        _source++;
        _isInbox = isInbox;
    }

    /// <summary>Whether events of a batch can matter.</summary>
    public bool CanUse(BatchFacts batch) =>
        batch is { Oldest: { } oldest, Newest: { } newest }
        && CanUse(oldest, newest)
        && batch.Regions.Any(facts => query.Wants(facts.Region));

    /// <summary>Whether events between two times, both included, can matter.</summary>
    public bool CanUse(EventTime oldest, EventTime newest) => query.Wants(oldest, newest) && (_tally is not null || CanEnter(oldest, newest));

    /// <summary>Whether an event between two times, both included, can still enter the page.</summary>
    public bool CanEnter(EventTime oldest, EventTime newest) => query.Limit > 0 && _found.CanTake(oldest, newest);

    /// <summary>Takes a line if it is an event that the query asks for.</summary>
    public void Offer(ReadOnlySpan<byte> line)
    {
        // What is counted is counted on every page.
        if (!_matcher.Matches(line, _tally is null ? _found : null, out var id, out var time))
        {
            return;
        }

        if (query.Limit > 0)
        {
            _found.Offer(id, time, line, _source);
        }

        if (_tally is not null && _facts.TryRead(line) && (_isInbox ? _waiting.Add(id) : !_waiting.Contains(id)))
        {
            _tally.Add(_facts);
        }
    }

    /// <summary>The answer, but for what others know.</summary>
    public EventPage ToPage()
    {
        var events = _found.Events;
        return new EventPage([.. events.Select(found => found.Line)], query.Limit > 0 ? _found.More : _tally?.Events > 0, Damaged)
        {
            Last = events.Count == 0 ? null : events[^1].Position,
            Facets = _tally?.ToFacets(),
        };
    }
}
