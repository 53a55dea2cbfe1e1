namespace Trailgate.Query.Facets;

/// <summary>Counts over all events that a query finds, not only those of the page.</summary>
/// <param name="Events">How many events were counted.</param>
/// <param name="Values">The facets that were asked for, but time; in the order of <see cref="Facet"/>.</param>
/// <param name="Time">Null when it was not asked for.</param>
public sealed record EventFacets(long Events, IReadOnlyList<ValueFacet> Values, TimeFacet? Time);

/// <summary>How many events have which value.</summary>
/// <param name="Facet">Of what.</param>
/// <param name="Values">The most frequent values, at most <see cref="MaxValues"/>; of equally frequent ones those that sort first.</param>
/// <param name="Other">Events with another value, or none.</param>
public sealed record ValueFacet(Facet Facet, IReadOnlyList<KeyValuePair<string, long>> Values, long Other)
{
    /// <summary>Most values of one facet.</summary>
    public const int MaxValues = 50;
}

/// <summary>How many events happened when.</summary>
/// <param name="Step">Length of a bucket.</param>
/// <param name="Buckets">Those that are not empty, in their order.</param>
public sealed record TimeFacet(TimeSpan Step, IReadOnlyList<TimeBucket> Buckets);

/// <summary>What happened in one step of time.</summary>
/// <param name="From">Its first moment.</param>
/// <param name="Count">Events.</param>
/// <param name="Failures">Those of them whose outcome is failure.</param>
public readonly record struct TimeBucket(DateTime From, long Count, long Failures);
