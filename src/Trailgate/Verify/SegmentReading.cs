using Trailgate.Events;

namespace Trailgate.Verify;

/// <summary>What was found in a segment, and the first thing that is wrong in it whatever its manifest says.</summary>
internal sealed class SegmentReading
{
    /// <summary>SHA-256 of the stored bytes.</summary>
    public Digest Stored { get; set; }

    /// <summary>SHA-256 of the lines.</summary>
    public Digest LinesDigest { get; set; }

    public Digest MerkleRoot { get; set; }
    public long StoredBytes { get; set; }
    public long UncompressedBytes { get; set; }
    public long Lines { get; set; }
    public EventTime MinTime { get; set; }
    public EventTime MaxTime { get; set; }

    /// <summary>Events whose id could not be computed from what is stored.</summary>
    public long NotRecomputed { get; set; }

    /// <summary>The ids in the order of the lines.</summary>
    public List<EventId> Ids { get; } = [];

    /// <summary>The overflow that lines name and that is not there, with the line.</summary>
    public List<(string Path, long Line)> MissingOverflows { get; } = [];

    public MemberFault? Fault { get; set; }
    public int FaultMember { get; set; }
    public LineFault? BadLine { get; set; }

    public void Clear()
    {
        Stored = LinesDigest = MerkleRoot = default;
        StoredBytes = UncompressedBytes = Lines = NotRecomputed = 0;
        MinTime = MaxTime = default;
        Ids.Clear();
        MissingOverflows.Clear();
        Fault = null;
        FaultMember = 0;
        BadLine = null;
    }
}

/// <summary>A line that can not be where it is.</summary>
internal sealed record LineFault(string Code, long Line, long Member, string Message);
