namespace Trailgate.Verify;

/// <summary>The words for what can be wrong. Scripts rely on them: none is ever given another meaning.</summary>
public static class FindingCodes
{
#pragma warning disable CS1591 // the words say it; docs/EVIDENCE.md has a sentence for each
    public const string NoteMissing = "note-missing";
    public const string NoteChanged = "note-changed";
    public const string NoteMalformed = "note-malformed";
    public const string NoteSignature = "note-signature";
    public const string NoteKey = "note-key";
    public const string NoteTime = "note-time";
    public const string NoteHeads = "note-heads";
    public const string RegionVanished = "region-vanished";
    public const string LedgerCut = "ledger-cut";
    public const string LedgerLate = "ledger-late";
    public const string HeadConflict = "head-conflict";
    public const string ManifestMissing = "manifest-missing";
    public const string ManifestChanged = "manifest-changed";
    public const string ManifestMalformed = "manifest-malformed";
    public const string ManifestChain = "manifest-chain";
    public const string ManifestRun = "manifest-run";
    public const string ManifestCounts = "manifest-counts";
    public const string BatchRepeated = "batch-repeated";
    public const string BatchConflict = "batch-conflict";
    public const string BatchDamaged = "batch-damaged";
    public const string PlanMalformed = "plan-malformed";
    public const string PlanConflict = "plan-conflict";
    public const string SegmentMissing = "segment-missing";
    public const string SegmentChanged = "segment-changed";
    public const string SegmentCut = "segment-cut";
    public const string SegmentCorrupt = "segment-corrupt";
    public const string SegmentTrailing = "segment-trailing";
    public const string SegmentFacts = "segment-facts";
    public const string SegmentUnlisted = "segment-unlisted";
    public const string EventChanged = "event-changed";
    public const string EventMalformed = "event-malformed";
    public const string EventInserted = "event-inserted";
    public const string EventRemoved = "event-removed";
    public const string EventRepeated = "event-repeated";
    public const string EventOrder = "event-order";
    public const string EventCut = "event-cut";
    public const string EventPlace = "event-place";
    public const string OverflowMissing = "overflow-missing";
    public const string OverflowChanged = "overflow-changed";
    public const string IndexChanged = "index-changed";
    public const string IndexUnlisted = "index-unlisted";
    public const string QuarantineCounts = "quarantine-counts";
    public const string QuarantineUnlisted = "quarantine-unlisted";
    public const string ObjectUnlisted = "object-unlisted";
#pragma warning restore CS1591
}

/// <summary>The words for what is told without being wrong.</summary>
public static class RemarkCodes
{
#pragma warning disable CS1591 // the words say it; docs/EVIDENCE.md has a sentence for each
    public const string LeftOver = "left-over";
    public const string PlanOpen = "plan-open";
    public const string Newer = "newer";
    public const string OriginChanged = "origin-changed";
    public const string EarlierKey = "earlier-key";
    public const string OtherSignature = "other-signature";
    public const string Silence = "silence";
    public const string BatchAgain = "batch-again";
    public const string QuarantineGone = "quarantine-gone";
    public const string IndexBehind = "index-behind";
    public const string IdsNotRecomputed = "ids-not-recomputed";
#pragma warning restore CS1591
}
