namespace Trailgate.Archive;

/// <summary>Archives what is in the inboxes of all stores, one store after the other: what both hosts and the command call.</summary>
public sealed class Archiver(IReadOnlyList<StoreArchiver> archivers)
{
    /// <summary>
    /// Archives, in every store, everything that was in its inbox when the store's turn came. The trouble of one store keeps
    /// no other from its run: it is told at the end. It may be stopped at any point: the next call goes on.
    /// </summary>
    /// <exception cref="ArchiveFailedException">The runs of some stores failed; what was accepted stays in their inboxes.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop; a retry is safe.</exception>
    public async Task<ArchiveSummary> RunAsync(CancellationToken cancellationToken)
    {
        var done = default(ArchiveSummary);
        var failures = new List<(string Store, Exception Failure)>();
        foreach (var archiver in archivers)
        {
            try
            {
                done = done.Add(await archiver.RunAsync(cancellationToken));
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                failures.Add((archiver.Store.Name, e));
            }
        }

        return failures.Count == 0 ? done : throw new ArchiveFailedException(failures, done);
    }
}
