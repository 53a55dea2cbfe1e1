using Trailgate.Archive;
using Trailgate.Events;

namespace Trailgate.Verify;

/// <summary>What the ledger says, checked: the last note that can be believed, and how far each region goes.</summary>
internal sealed class LedgerView
{
    /// <summary>The last note that is intact; null when there is none.</summary>
    public (LedgerNote Note, Digest Sha256)? Last { get; set; }

    /// <summary>All notes by their sequence less one.</summary>
    public IReadOnlyList<NoteFacts> Notes { get; set; } = [];

    /// <summary>The highest sequence of a note that is there.</summary>
    public long LastSequence => Notes.Count;

    /// <summary>The finding that the end of the ledger can not be believed for.</summary>
    public Finding? BrokenEnd { get; set; }

    /// <summary>The finding that no signature covers the last notes.</summary>
    public Finding? Uncovered { get; set; }

    /// <summary>Whether something was not followed to its end, so that what is stored can not be counted against it.</summary>
    public bool IsBroken => BrokenEnd is not null || Uncovered is not null || Regions.Values.Any(static region => region.IsBroken);

    /// <summary>Whether the signature of the last note was found to be right.</summary>
    public NoteTrust Trust { get; set; }

    public SortedDictionary<Region, RegionChain> Regions { get; } = [];

    /// <summary>SHA-256 of a note that can be believed; null for others.</summary>
    public Digest? Sha256Of(long sequence) => sequence > 0 && sequence <= Notes.Count && Notes[(int)sequence - 1] is { IsIntact: true } note ? note.Sha256 : null;

    /// <summary>Whether there is a finding about a note.</summary>
    public bool IsBlamed(long sequence) => sequence > 0 && sequence <= Notes.Count && Notes[(int)sequence - 1].Finding is not null;

    public RegionChain Of(Region region)
    {
        if (!Regions.TryGetValue(region, out var chain))
        {
            Regions.Add(region, chain = new RegionChain(region));
        }

        return chain;
    }
}
