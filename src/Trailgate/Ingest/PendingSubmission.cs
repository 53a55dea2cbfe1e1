using Trailgate.Storage;

namespace Trailgate.Ingest;

/// <summary>A submission that waits to become durable.</summary>
internal sealed class PendingSubmission(Submission submission)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Submission Submission => submission;

    /// <summary>Ends when the submission is durable and its alerts are queued.</summary>
    public Task Task => _done.Task;

    /// <summary>Whether something must be queued for the alerts before it can be answered.</summary>
    public bool RaisesAlerts => submission.Matching.Count > 0 || submission.Quarantined > 0;

    public void Complete() => _done.TrySetResult();

    public void Fail(StorageException exception) => _done.TrySetException(exception);
}
