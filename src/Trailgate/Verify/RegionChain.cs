using Trailgate.Archive;
using Trailgate.Events;

namespace Trailgate.Verify;

/// <summary>How far the manifests of a region were followed, and which of them can not be believed.</summary>
internal sealed class RegionChain(Region region)
{
    private readonly Dictionary<long, Finding> _broken = [];

    public Region Region => region;

    /// <summary>The last manifest that a note names.</summary>
    public long Head { get; set; }

    /// <summary>SHA-256 of that manifest, as the note says.</summary>
    public Digest? HeadSha256 { get; set; }

    /// <summary>SHA-256 of the manifest as it is stored; null when it is missing.</summary>
    public Digest? StoredSha256 { get; set; }

    /// <summary>Running totals so far, added up from the counts; null when a break makes them unknown.</summary>
    public ArchiveCounts? Totals { get; set; } = default(ArchiveCounts);

    /// <summary>Running totals as the last manifest says: one wrong manifest does not make all those behind it wrong.</summary>
    public ArchiveCounts? ClaimedTotals { get; set; }

    /// <summary>Set when notes stopped naming the region.</summary>
    public Finding? Vanished { get; set; }

    /// <summary>Set while notes name heads that can not be.</summary>
    public Finding? BadHead { get; set; }

    /// <summary>How many notes were followed since the last one that named a head that can be.</summary>
    public int NotesBehind { get; set; }

    /// <summary>Whether something of the region could not be followed.</summary>
    public bool IsBroken => _broken.Count > 0 || Vanished is not null || BadHead is not null;

    /// <summary>How many manifests are broken.</summary>
    public int BrokenCount => _broken.Count;

    /// <summary>The finding about a manifest; null when it is as the notes say.</summary>
    public Finding? BreakAt(long sequence) => _broken.GetValueOrDefault(sequence);

    public void Break(long sequence, Finding finding) => _broken[sequence] = finding;
}
