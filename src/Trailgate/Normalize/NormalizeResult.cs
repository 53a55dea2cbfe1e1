using Trailgate.Events;

namespace Trailgate.Normalize;

/// <summary>What became of one raw event: a normalized line, or a quarantined one. The spans belong to the normalizer.</summary>
internal readonly ref struct NormalizeResult
{
    /// <summary>The line for the batch, without a newline.</summary>
    public required ReadOnlySpan<byte> Line { get; init; }

    /// <summary>Why it is no event; null when it is one.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// What the id of the event has to be made of, where its line was written before: see <see cref="EventNormalizer.WriteId"/>.
    /// Else empty.
    /// </summary>
    public ReadOnlySpan<byte> Content { get; init; }

    /// <summary>The facts of an accepted event.</summary>
    public EventLine Event { get; init; }

    /// <summary>The full event where it had to be limited, else empty.</summary>
    public ReadOnlySpan<byte> Overflow { get; init; }

    /// <summary>The path of the overflow in the archive container, or null.</summary>
    public string? OverflowPath { get; init; }
}
