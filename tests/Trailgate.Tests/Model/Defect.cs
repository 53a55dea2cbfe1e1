namespace Trailgate.Tests.Model;

/// <summary>A way to be broken on purpose: the model has to find each.</summary>
public enum Defect
{
    None,

    /// <summary>A put to the inbox is answered before it would survive a crash.</summary>
    AnswerBeforeSync,

    /// <summary>The batches of a plan go when their manifest stands, before the note does.</summary>
    BatchesDeletedBeforeTheNote,

    /// <summary>A compare-and-swap that does not compare.</summary>
    SwapThatAlwaysSucceeds,

    /// <summary>Listings show no segments, so that copies in the archive are not found.</summary>
    SegmentsNotListed,

    /// <summary>Alerts are marked as queued before their message was sent.</summary>
    MarkBeforeMessage,

    /// <summary>An archive run deletes batches without looking whether their alerts were queued.</summary>
    AlertsNeverCaughtUp,

    /// <summary>A message counts as done when it was received.</summary>
    MessageGoneWhenReceived,
}
