namespace Trailgate.Alerts.Listing;

/// <summary>What became of an alert so far.</summary>
internal enum AlertState
{
    /// <summary>Its message waits in the queue, or for an archive run to send it.</summary>
    Queued,

    /// <summary>It is told only when nothing follows it in time.</summary>
    Waiting,

    /// <summary>What it waited for came: nobody is told.</summary>
    Ended,

    /// <summary>A summary told of it, or will.</summary>
    Grouped,

    /// <summary>It is on its way to some channel.</summary>
    Pending,

    /// <summary>All channels have it.</summary>
    Delivered,

    /// <summary>On some channel it lies among the dead letters.</summary>
    Dead,
}
