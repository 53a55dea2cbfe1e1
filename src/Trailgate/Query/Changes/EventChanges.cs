using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Query.Changes;

/// <summary>What an event changed, as far as it can be told.</summary>
public sealed record EventChanges
{
    /// <summary>What the event's action does.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>target.id; null when the event names none.</summary>
    public required string? Target { get; init; }

    /// <summary>How much could be told.</summary>
    public required ChangeState State { get; init; }

    /// <summary>What differs from what was known before.</summary>
    public IReadOnlyList<Difference> Differences { get; init; } = [];

    /// <summary>Places of new values whose old ones no event shows.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>Sentences about what keeps the answer from being whole.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Of a delete: the last that was known of what is gone; null when nothing was.</summary>
    public JsonElement? Last { get; init; }

    /// <summary>The newest event of which <see cref="Last"/> was learnt.</summary>
    public Observation? LastSeen { get; init; }

    /// <summary>How many earlier events were examined.</summary>
    public int Examined { get; init; }
}

/// <summary>How much could be told of a change.</summary>
public enum ChangeState
{
    /// <summary>At least one old value was known.</summary>
    Compared,

    /// <summary>The event brought the object into being: there was nothing before.</summary>
    First,

    /// <summary>No old value is known.</summary>
    Unknown,

    /// <summary>The event carries no values.</summary>
    NothingToCompare,
}
