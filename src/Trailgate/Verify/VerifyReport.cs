using Trailgate.Archive;

namespace Trailgate.Verify;

/// <summary>What the check of one store came to.</summary>
public sealed record VerifyReport
{
    /// <summary>The store's name.</summary>
    public required string Store { get; init; }

    /// <summary>The findings, in the order of their places; the first of them when there are very many.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>How many findings there are.</summary>
    public required long FindingCount { get; init; }

    /// <summary>What should be known besides.</summary>
    public required IReadOnlyList<Remark> Remarks { get; init; }

    /// <summary>The last note of the ledger that can be believed; null when there is none.</summary>
    public required LedgerHead? Head { get; init; }

    /// <summary>Notes that were checked.</summary>
    public required long Notes { get; init; }

    /// <summary>Manifests that were checked.</summary>
    public required long Manifests { get; init; }

    /// <summary>Segments that were checked.</summary>
    public required long Segments { get; init; }

    /// <summary>Events that were checked.</summary>
    public required long Events { get; init; }

    /// <summary>Overflow blobs that were checked.</summary>
    public required long Overflows { get; init; }

    /// <summary>Stored bytes that were read.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>Bytes of lines in the segments.</summary>
    public required long LineBytes { get; init; }

    /// <summary>Per region what the manifests account for, and what waits in the inbox.</summary>
    public required IReadOnlyList<RegionAccount> Regions { get; init; }
}

/// <summary>The head of a ledger: who keeps it elsewhere can prove later that nothing before it was changed or taken away.</summary>
/// <param name="Origin">The ledger's origin.</param>
/// <param name="Sequence">The note's sequence.</param>
/// <param name="Time">The note's time.</param>
/// <param name="Sha256">SHA-256 of the note's bytes.</param>
/// <param name="Signature">What its signature is worth.</param>
public sealed record LedgerHead(string Origin, long Sequence, DateTimeOffset Time, string Sha256, HeadSignature Signature);

/// <summary>What the signature of a head is worth.</summary>
public enum HeadSignature
{
    /// <summary>No key was given, so none was checked.</summary>
    NotChecked,

    /// <summary>A given key signed it.</summary>
    Valid,

    /// <summary>No given key signed it.</summary>
    NotValid,
}

/// <summary>The account of a region: received = archived + duplicate + quarantined + in flight.</summary>
/// <param name="Region">The region.</param>
/// <param name="Counts">The running totals of its last manifest; null when a break makes them unknown.</param>
/// <param name="InFlight">Items in batches of the inbox that no manifest lists.</param>
public sealed record RegionAccount(string Region, ArchiveCounts? Counts, long InFlight);
