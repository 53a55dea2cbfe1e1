using System.Text;
using Trailgate.Query.Facets;

namespace Trailgate.Query.Index;

/// <summary>What a query asks of an index file.</summary>
internal sealed class IndexQuery
{
    private readonly List<EventQuery> _rowExcept;

    public IndexQuery(EventQuery query)
    {
        Query = query;
        _rowExcept = [.. query.Except.Where(IsOfRows)];
        IsExact = IsOfRows(query) && _rowExcept.Count == query.Except.Count;
        Tokens = TokensOf(query);
        HasRowTest = HasRowFilter(query) || _rowExcept.Count > 0;
        Columns = [.. ColumnsOf()];
    }

    public EventQuery Query { get; }

    /// <summary>Whether the rows of an event tell for certain whether it is asked for, its time aside.</summary>
    public bool IsExact { get; }

    /// <summary>Whether rows can tell that an event is not asked for.</summary>
    public bool HasRowTest { get; }

    /// <summary>Values that an event must have, by their hashes.</summary>
    public IReadOnlyList<(DayTable Table, uint Hash)> Tokens { get; }

    /// <summary>The columns that are needed to judge rows and to count them: their blocks, in ascending order.</summary>
    public IReadOnlyList<int> Columns { get; }

    /// <summary>Filters that must not hold and that rows can tell of.</summary>
    public IEnumerable<EventQuery> RowExcept => _rowExcept;

    private static bool IsOfRows(EventQuery query) =>
        query is { Source: null, Reason: null, Text: null, Target: null, CorrelationId: null, Id: null };

    private static bool HasRowFilter(EventQuery query) =>
        query.Action is not null || query.Initiator is not null || HasClassFilter(query) || query.Regions.Count > 0;

    private static bool HasClassFilter(EventQuery query) => query.Outcome is not null || query.Kinds.Count > 0 || query.Severities.Count > 0;

    private static List<(DayTable Table, uint Hash)> TokensOf(EventQuery query)
    {
        var tokens = new List<(DayTable Table, uint Hash)>();
        if (query.Id is { } id)
        {
            tokens.Add((DayTable.Ids, Index.Tokens.Of(id)));
        }

        if (query.CorrelationId is { Length: > 0 } correlation)
        {
            tokens.Add((DayTable.Correlations, Index.Tokens.Of(Encoding.UTF8.GetBytes(correlation))));
        }

        if (query.Target is { Needle.Length: > 0 } target)
        {
            tokens.Add((DayTable.Targets, Index.Tokens.Of(Encoding.UTF8.GetBytes(target.Needle))));
        }

        return tokens;
    }

    private IEnumerable<int> ColumnsOf()
    {
        EventQuery[] filters = [Query, .. _rowExcept];
        var facets = IsExact ? Query.Facets : new HashSet<Facet>();
        if (filters.Any(HasClassFilter) || facets.Overlaps([Facet.Kind, Facet.Outcome, Facet.Severity, Facet.Time]))
        {
            yield return DayBlocks.Classes;
        }

        if (filters.Any(static filter => filter.Initiator is not null) || facets.Contains(Facet.Initiator))
        {
            yield return DayBlocks.Initiators;
        }

        if (filters.Any(static filter => filter.Action is not null) || facets.Contains(Facet.Action))
        {
            yield return DayBlocks.Actions;
        }

        if (facets.Contains(Facet.Time))
        {
            yield return DayBlocks.Minutes;
        }
    }
}
