using Trailgate.Events;

namespace Trailgate.Query.Index;

/// <summary>Counts the rows of a day that a query asks for, by what its facets need.</summary>
internal sealed class DayCounts(DayRows rows, DateTime date)
{
    private readonly long[] _classes = new long[256];
    private readonly long[] _initiators = new long[rows.Initiators?.Values.Count ?? 0];
    private readonly long[] _actions = new long[rows.Actions?.Values.Count ?? 0];
    private readonly long[] _minutes = new long[rows.Minutes is null ? 0 : 24 * 60];
    private readonly long[] _failures = new long[rows.Minutes is null ? 0 : 24 * 60];

    public Region Region => rows.Region;

    public long Events { get; private set; }

    /// <summary>Events by their class; the key is not to be read where the query needs none.</summary>
    public IEnumerable<(RowClass Class, long Count)> Classes => _classes.Select(static (count, code) => (new RowClass((byte)code), count)).Where(static pair => pair.count > 0);

    public IEnumerable<(Initiator Initiator, long Count)> Initiators => (rows.Initiators?.Values ?? []).Zip(_initiators);

    public IEnumerable<(string Action, long Count)> Actions => (rows.Actions?.Values ?? []).Zip(_actions);

    /// <summary>Events by the minute in which they happened.</summary>
    public IEnumerable<(long Ticks, long Count, long Failures)> Minutes => _minutes
        .Select((count, minute) => (date.Ticks + minute * TimeSpan.TicksPerMinute, count, _failures[minute]))
        .Where(static pair => pair.count > 0);

    public void Add(int row)
    {
        Events++;
        var failed = false;
        if (rows.Classes is { } classes)
        {
            _classes[classes[row]]++;
            failed = new RowClass(classes[row]).Outcome == Outcome.Failure;
        }

        if (rows.Initiators is { } initiators)
        {
            _initiators[initiators.Rows[row]]++;
        }

        if (rows.Actions is { } actions)
        {
            _actions[actions.Rows[row]]++;
        }

        if (rows.Minutes is { } minutes)
        {
            _minutes[minutes[row]]++;
            _failures[minutes[row]] += failed ? 1 : 0;
        }
    }
}
