using Trailgate.Query.Facets;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>The events that a query asked for.</summary>
/// <param name="Lines">Normalized events as they are stored, in the order asked for.</param>
/// <param name="More">Whether there are more behind them.</param>
/// <param name="Damaged">Parts of the archive that could not be read whole: the answer may lack events of them.</param>
public sealed record EventPage(IReadOnlyList<ReadOnlyMemory<byte>> Lines, bool More, IReadOnlyList<DamagedPart> Damaged)
{
    /// <summary>Where the page ended; null when it is empty.</summary>
    public EventPosition? Last { get; init; }

    /// <summary>The cursor of the page behind this one; null when there is none.</summary>
    public string? Next => More ? Last?.ToCursor() : null;

    /// <summary>The names of the stores that did not answer: the events that only they hold are missing.</summary>
    public IReadOnlyList<string> Unavailable { get; init; } = [];

    /// <summary>The counts that were asked for; null when none were.</summary>
    public EventFacets? Facets { get; init; }

    /// <summary>What had to be read for the answer.</summary>
    public ReadCost Read { get; init; }
}

/// <summary>A part of a store's archive that can not be read.</summary>
/// <param name="Store">The name of the store.</param>
/// <param name="Blob">The part.</param>
public readonly record struct DamagedPart(string Store, BlobName Blob)
{
    /// <summary>The blob's name, behind the name of a store that is not the default one.</summary>
    public override string ToString() => Store == Trailgate.Storage.Store.DefaultName ? Blob.ToString() : $"{Store}:{Blob}";
}
