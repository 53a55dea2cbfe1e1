using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Trailgate.Events;
using Trailgate.Query.Facets;

namespace Trailgate.Query;

/// <summary>
/// Which events are asked for. Filters that are not set let everything pass; all that are set must hold.
/// </summary>
public sealed record EventQuery
{
    /// <summary>How many events an answer has when the query does not say.</summary>
    public const int DefaultLimit = 100;

    /// <summary>Most events of one answer.</summary>
    public const int MaxLimit = 1_000;

    /// <summary>Earliest eventTime, included.</summary>
    public EventTime? From { get; init; }

    /// <summary>End of the eventTimes, not included: windows that touch neither overlap nor leave a gap.</summary>
    public EventTime? To { get; init; }

    /// <summary>
    /// Names of regions; empty for all. They stay text, because a <see cref="Region"/> made of what a caller sends would
    /// be remembered for good.
    /// </summary>
    public IReadOnlySet<string> Regions { get; init; } = new HashSet<string>();

    /// <summary>The id of one event. No parameter asks for it: who looks for one event does.</summary>
    public EventId? Id { get; init; }

    /// <summary>The name of the source that the event was sent to, to the letter. No parameter asks for it: the watch for silence does.</summary>
    public string? Source { get; init; }

    /// <summary>What the whole action must look like.</summary>
    public ActionPattern? Action { get; init; }

    /// <summary>What the action must do; empty for anything.</summary>
    public IReadOnlySet<EventKind> Kinds { get; init; } = new HashSet<EventKind>();

    /// <summary>How the action must have ended.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>How serious it must be, <c>normal</c>, <c>warning</c> or <c>critical</c>; empty for any.</summary>
    public IReadOnlySet<string> Severities { get; init; } = new HashSet<string>();

    /// <summary>What initiator.id or initiator.name must look like.</summary>
    public ActionPattern? Initiator { get; init; }

    /// <summary>What must occur in reason.reasonForFailure or reason.reasonType.</summary>
    public TextFilter? Reason { get; init; }

    /// <summary>What must occur anywhere in the event, as it is stored.</summary>
    public TextFilter? Text { get; init; }

    /// <summary>What target.id must be; a CRN also finds what lies below it, see <see cref="TargetFilter"/>.</summary>
    public TargetFilter? Target { get; init; }

    /// <summary>What correlationId must be, to the letter.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>What must not hold, each by itself: an event that one of them finds is left out.</summary>
    public IReadOnlyList<EventQuery> Except { get; init; } = [];

    /// <summary>Which events come first.</summary>
    public EventOrder Order { get; init; }

    /// <summary>Where the page before ended; null for the first page.</summary>
    public EventPosition? After { get; init; }

    /// <summary>Most events of the answer: 1 to <see cref="MaxLimit"/>; 0 for facets alone.</summary>
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>By what all events that are found are counted; empty for no counts.</summary>
    public IReadOnlySet<Facet> Facets { get; init; } = new HashSet<Facet>();

    /// <summary>Whether events of a region are asked for.</summary>
    public bool Wants(Region region) => Regions.Count == 0 || Regions.Contains(region.Name);

    /// <summary>Whether events between two times, both included, can be in the window asked for.</summary>
    public bool Wants(EventTime oldest, EventTime newest) => !(newest < From) && !(oldest >= To);

    /// <summary>
    /// Reads the parameters of a request. A parameter that nobody knows is an error and not ignored: a misspelt filter
    /// would let everything pass.
    /// </summary>
    public static bool TryParse(IQueryCollection parameters, [NotNullWhen(true)] out EventQuery? query, [NotNullWhen(false)] out Problem? problem) =>
        TryParse(parameters, TimeProvider.System, out query, out problem);

    /// <summary>The same, with the clock from which relative times count.</summary>
    internal static bool TryParse(
        IQueryCollection parameters, TimeProvider time, [NotNullWhen(true)] out EventQuery? query, [NotNullWhen(false)] out Problem? problem)
    {
        var parser = new EventQueryParser(time);
        query = parser.Read(parameters);
        problem = parser.Problem;
        return query is not null;
    }
}
