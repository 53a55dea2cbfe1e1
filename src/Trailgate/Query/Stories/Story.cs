using Trailgate.Events;

namespace Trailgate.Query.Stories;

/// <summary>All that has one correlationId, and what the same initiators did around it.</summary>
public sealed record Story
{
    /// <summary>What joins the steps.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>Where the steps happened, by name.</summary>
    public required IReadOnlyList<Region> Regions { get; init; }

    /// <summary>When the first step happened.</summary>
    public required EventTime From { get; init; }

    /// <summary>When the last one did, also where <see cref="More"/> keeps it out of the list.</summary>
    public required EventTime To { get; init; }

    /// <summary>The steps by time and id.</summary>
    public required IReadOnlyList<StoryStep> Steps { get; init; }

    /// <summary>Whether there are more steps than are listed.</summary>
    public required bool More { get; init; }

    /// <summary>What the same initiators did before the first step, in the order of time.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Before { get; init; }

    /// <summary>What they did after the last one.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> After { get; init; }

    /// <summary>The names of the stores that did not answer: the events that only they hold are missing.</summary>
    public required IReadOnlyList<string> Unavailable { get; init; }

    /// <summary>Parts of the archive that could not be read whole.</summary>
    public required IReadOnlyList<DamagedPart> Damaged { get; init; }

    /// <summary>What was read for it.</summary>
    public ReadCost Read { get; init; }
}

/// <summary>One event of a story.</summary>
/// <param name="Line">The event as it is stored.</param>
/// <param name="IsUnresolved">True for an attempt whose end no other step tells.</param>
public readonly record struct StoryStep(ReadOnlyMemory<byte> Line, bool IsUnresolved);
