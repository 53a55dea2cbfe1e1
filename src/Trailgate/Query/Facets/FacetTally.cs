using Trailgate.Events;
using Trailgate.Query.Index;

namespace Trailgate.Query.Facets;

/// <summary>Counts the events that a query finds by the facets that it asks for.</summary>
internal sealed class FacetTally
{
    private readonly SortedDictionary<Facet, ValueTally> _values = [];
    private readonly TimeTally? _time;

    public FacetTally(EventQuery query)
    {
        foreach (var facet in query.Facets)
        {
            if (facet == Facet.Time)
            {
                _time = new TimeTally(query.From, query.To);
            }
            else
            {
                _values.Add(facet, new ValueTally());
            }
        }
    }

    /// <summary>How many events were added.</summary>
    public long Events { get; private set; }

    /// <summary>Counts one event.</summary>
    public void Add(EventFacts facts)
    {
        Events++;
        _time?.Add(facts.Time.Ticks, 1, facts.Outcome == Outcome.Failure ? 1 : 0);
        foreach (var (facet, tally) in _values)
        {
            switch (facet)
            {
                case Facet.Region:
                    tally.Add(facts.Region.Name);
                    break;
                case Facet.Action:
                    tally.Add(facts.Action);
                    break;
                case Facet.Kind:
                    tally.Add(facts.Kind?.ToText());
                    break;
                case Facet.Outcome:
                    tally.Add(facts.Outcome?.ToText());
                    break;
                case Facet.Severity:
                    tally.Add(facts.Severity?.ToText());
                    break;
                case Facet.Initiator:
                    tally.Add(facts.InitiatorName.IsEmpty ? facts.InitiatorId : facts.InitiatorName);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    /// <summary>Adds what the index counted.</summary>
    public void Add(DayCounts counts)
    {
        Events += counts.Events;
        foreach (var (ticks, count, failures) in _time is null ? [] : counts.Minutes)
        {
            _time!.Add(ticks, count, failures); // not null: there would be no minutes
        }

        foreach (var (facet, tally) in _values)
        {
            foreach (var (value, count) in ValuesOf(counts, facet))
            {
                tally.Add(value, count);
            }
        }
    }

    private static IEnumerable<(string? Value, long Count)> ValuesOf(DayCounts counts, Facet facet) => facet switch
    {
        Facet.Region => [(counts.Region.Name, counts.Events)],
        Facet.Action => counts.Actions.Select(static pair => ((string?)pair.Action, pair.Count)),
        Facet.Kind => counts.Classes.Select(static pair => (pair.Class.Kind?.ToText(), pair.Count)),
        Facet.Outcome => counts.Classes.Select(static pair => (pair.Class.Outcome?.ToText(), pair.Count)),
        Facet.Severity => counts.Classes.Select(static pair => (pair.Class.Severity?.ToText(), pair.Count)),
        Facet.Initiator => counts.Initiators.Select(static pair => ((string?)pair.Initiator.Shown, pair.Count)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public EventFacets ToFacets() => new(Events, [.. _values.Select(static pair => pair.Value.ToFacet(pair.Key))], _time?.ToFacet());
}
