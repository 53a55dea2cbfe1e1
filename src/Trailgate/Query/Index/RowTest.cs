using System.Text;

namespace Trailgate.Query.Index;

/// <summary>Holds rows against the filters of a query that rows can tell of. Each different value is judged once.</summary>
internal sealed class RowTest
{
    private readonly DayRows _rows;
    private readonly bool[]? _classes;
    private readonly bool[]? _initiators;
    private readonly bool[]? _actions;
    private readonly RowTest[] _except;
    private readonly bool _isNever;

    public RowTest(DayRows rows, IndexQuery query)
        : this(rows, query.Query, query.RowExcept)
    {
    }

    private RowTest(DayRows rows, EventQuery query, IEnumerable<EventQuery> except)
    {
        _rows = rows;
        _isNever = !query.Wants(rows.Region);
        _except = [.. except.Select(filter => new RowTest(rows, filter, []))];
        if (query.Outcome is not null || query.Kinds.Count > 0 || query.Severities.Count > 0)
        {
            _classes = [.. Enumerable.Range(0, 256).Select(code => Passes(query, new RowClass((byte)code)))];
        }

        if (query.Initiator is { } initiator)
        {
            _initiators = [.. rows.Initiators!.Values.Select(value => Matches(initiator, value.Id) || Matches(initiator, value.Name))]; // not null: the query asks for them
        }

        if (query.Action is { } action)
        {
            _actions = [.. rows.Actions!.Values.Select(value => Matches(action, value))]; // not null, as above
        }
    }

    /// <summary>Whether the event of a row passes.</summary>
    public bool Passes(int row)
    {
        if (_isNever
            || _classes?[_rows.Classes![row]] == false // the columns are there where there is a filter
            || _initiators?[_rows.Initiators!.Rows[row]] == false
            || _actions?[_rows.Actions!.Rows[row]] == false)
        {
            return false;
        }

        foreach (var except in _except)
        {
            if (except.Passes(row))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the event of any row does.</summary>
    public bool PassesAny()
    {
        for (var row = 0; row < _rows.Count; row++)
        {
            if (Passes(row))
            {
                return true;
            }
        }

        return false;
    }

    // An event that does not have the member passes no filter of it.
    private static bool Matches(ActionPattern pattern, string value) => value.Length > 0 && pattern.Matches(Encoding.UTF8.GetBytes(value));

    private static bool Passes(EventQuery query, RowClass row) =>
        (query.Outcome is null || row.Outcome == query.Outcome)
        && (query.Kinds.Count == 0 || (row.Kind is { } kind && query.Kinds.Contains(kind)))
        && (query.Severities.Count == 0 || (row.Severity is { } severity && query.Severities.Contains(Events.EventSeverities.ToText(severity))));
}
