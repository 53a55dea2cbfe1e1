using Trailgate.Archive;
using Trailgate.Events;

namespace Trailgate.Verify;

/// <summary>How far the manifests of a region were followed, and which of them can not be believed.</summary>
internal sealed class RegionChain(Region region)
{
    private readonly Dictionary<long, Finding> _broken = [];
    private readonly List<(long First, long Last, Finding Finding)> _unfollowed = [];

    public Region Region => region;

    /// <summary>The last manifest that a note names.</summary>
    public long Head { get; set; }

    /// <summary>SHA-256 of that manifest, as the note says.</summary>
    public Digest? HeadSha256 { get; set; }

    /// <summary>SHA-256 of the manifest as it is stored; null when it is missing.</summary>
    public Digest? StoredSha256 { get; set; }

    /// <summary>Running totals so far; null when a break makes them unknown.</summary>
    public ArchiveCounts? Totals { get; set; } = default(ArchiveCounts);

    /// <summary>Set when notes stopped naming the region.</summary>
    public Finding? Vanished { get; set; }

    /// <summary>How many manifests are broken.</summary>
    public int BrokenCount => _broken.Count;

    /// <summary>The finding about a manifest; null when it is as the notes say.</summary>
    public Finding? BreakAt(long sequence) =>
        _broken.GetValueOrDefault(sequence) ?? _unfollowed.Find(range => sequence >= range.First && sequence <= range.Last).Finding;

    public void Break(long sequence, Finding finding) => _broken[sequence] = finding;

    /// <summary>Goes on with another head, without having followed the manifests up to it.</summary>
    public void Skip(long head, Digest sha256, Finding finding)
    {
        _unfollowed.Add((Math.Min(head, Head + 1), Math.Max(head, Head + 1), finding));
        (Head, HeadSha256, StoredSha256, Totals) = (Math.Max(head, Head), sha256, null, null);
    }
}
