using Trailgate.Storage;

namespace Trailgate.Ingest;

/// <summary>A submission that waits to become durable.</summary>
internal sealed class PendingSubmission(Submission submission)
{
    // Without RunContinuationsAsynchronously: CompleteAll runs the continuations itself, on the thread pool.
    private readonly TaskCompletionSource _done = new();

    public Submission Submission => submission;

    /// <summary>Ends when the submission is durable and its alerts are queued.</summary>
    public Task Task => _done.Task;

    /// <summary>Whether something must be queued for the alerts before it can be answered.</summary>
    public bool RaisesAlerts => submission.Matching.Count > 0 || submission.Quarantined > 0;

    /// <summary>
    /// Answers all of them, off this thread. One work item for many answers: waking a pool thread for each costs more than
    /// writing the answer.
    /// </summary>
    public static void CompleteAll(List<PendingSubmission> pending) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static all =>
            {
                foreach (var one in all)
                {
                    one._done.TrySetResult();
                }
            },
            pending,
            preferLocal: false);

    /// <summary>Tells all of them that the storage did not take their submission, off this thread.</summary>
    public static void FailAll(List<PendingSubmission> pending, StorageException exception) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static failed =>
            {
                foreach (var one in failed.pending)
                {
                    one._done.TrySetException(failed.exception);
                }
            },
            (pending, exception),
            preferLocal: false);
}
