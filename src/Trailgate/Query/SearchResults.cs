using Trailgate.Events;
using Trailgate.Query.Facets;
using Trailgate.Query.Index;

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
    private readonly List<DamagedPart> _damaged = [];
    private readonly HashSet<DateTime> _waitingHours = [];
    private int _source;
    private bool _isInbox;
    private bool _isCounted;

    public EventQuery Query => query;

    /// <summary>Remembers a part that can not be read; false when it is known. Safe to call from several threads.</summary>
    public bool AddDamaged(DamagedPart part)
    {
        lock (_damaged)
        {
            var isNew = !_damaged.Contains(part);
            if (isNew)
            {
                _damaged.Add(part);
            }

            return isNew;
        }
    }

    /// <summary>From now on lines of another batch or part of the archive are offered. Inboxes come before their archives.</summary>
    /// <param name="isInbox">Whether it is a batch.</param>
    /// <param name="isCounted">Whether its events were counted already.</param>
    public void BeginSource(bool isInbox, bool isCounted = false)
    {
        _source++;
        _isInbox = isInbox;
        _isCounted = isCounted;
    }

    /// <summary>Whether anything is counted.</summary>
    public bool HasFacets => _tally is not null;

    /// <summary>Whether events of the archive may be counted unseen: not where one of an inbox may be among them.</summary>
    public bool CanCount(DateTime hour) => !_waitingHours.Contains(hour);

    /// <summary>Adds what was counted unseen.</summary>
    public void Add(DayCounts counts) => _tally?.Add(counts);

    /// <summary>Whether a part of the archive has to be read.</summary>
    public bool Needs(ArchivePart part) => part.IsCounted ? CanEnter(part.MinTime, part.MaxTime) : CanUse(part.MinTime, part.MaxTime);

    /// <summary>Whether events of a batch can matter.</summary>
    public bool CanUse(BatchFacts batch) =>
        batch is { Oldest: { } oldest, Newest: { } newest }
        && CanUse(oldest, newest)
        && batch.Regions.Any(facts => query.Wants(facts.Region));

    /// <summary>Whether events between two times, both included, can matter.</summary>
    public bool CanUse(EventTime oldest, EventTime newest) => query.Wants(oldest, newest) && (_tally is not null || CanEnter(oldest, newest));

    private bool CanEnter(EventTime oldest, EventTime newest) => query.Limit > 0 && _found.CanTake(oldest, newest);

    /// <summary>Takes a line if it is an event that the query asks for.</summary>
    public void Offer(ReadOnlySpan<byte> line)
    {
        // What is counted is counted on every page.
        var counts = _tally is not null && !_isCounted;
        if (!_matcher.Matches(line, counts ? null : _found, out var id, out var time))
        {
            return;
        }

        if (query.Limit > 0)
        {
            _found.Offer(id, time, line, _source);
        }

        if (counts && _facts.TryRead(line) && (_isInbox ? Remember() : !_waiting.Contains(id)))
        {
            _tally!.Add(_facts); // not null: it counts
        }
    }

    /// <summary>The answer, but for what others know.</summary>
    public EventPage ToPage()
    {
        var events = _found.Events;
        return new EventPage([.. events.Select(found => found.Line)], query.Limit > 0 ? _found.More : _tally?.Events > 0, _damaged)
        {
            Last = events.Count == 0 ? null : events[^1].Position,
            Facets = _tally?.ToFacets(),
        };
    }

    // A copy whose time was assumed may have been received up to a day before this one, or an hour after it.
    private bool Remember()
    {
        var hour = _facts.Time.Hour;
        for (var ticks = hour.Ticks - (_facts.TimeAssumed ? TimeSpan.TicksPerDay : 0);
            ticks <= hour.Ticks + (_facts.TimeAssumed ? TimeSpan.TicksPerHour : 0);
            ticks += TimeSpan.TicksPerHour)
        {
            _waitingHours.Add(new DateTime(Math.Clamp(ticks, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc));
        }

        return _waiting.Add(_facts.Id);
    }
}
