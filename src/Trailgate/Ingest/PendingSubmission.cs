using Trailgate.Storage;

namespace Trailgate.Ingest;

/// <summary>A submission that waits to become durable.</summary>
internal sealed class PendingSubmission(Submission submission)
{
    // Without RunContinuationsAsynchronously: the inbox completes many of them on one thread of the pool.
    private readonly TaskCompletionSource _done = new();

    public Submission Submission => submission;

    /// <summary>Ends when the submission is durable and its alerts are queued.</summary>
    public Task Task => _done.Task;

    /// <summary>Whether something must be queued for the alerts before it can be answered.</summary>
    public bool RaisesAlerts => submission.Matching.Count > 0 || submission.Quarantined > 0;

    /// <summary>Ends the wait, and runs what waits for it, on this thread.</summary>
    /// <param name="fault">Why the storage did not take the submission; null when it is durable.</param>
    public void Complete(StorageException? fault)
    {
        if (fault is null)
        {
            _done.TrySetResult();
        }
        else
        {
            _done.TrySetException(fault);
        }
    }
}
