using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>
/// Executes a plan: an idempotent function of the plan and its batches. It may stop at any point and be repeated, and two
/// may run at once, with the same content in the end; there is no lock. The order is the promise: segments and quarantine,
/// then the manifests that list them, then the note over the manifests, and only then the batches go.
/// </summary>
internal sealed class ArchiveRun(IBlobStore blobs, PlanStore plans, PlanLoader loader, CommitWriter commits, ArchiveHooks hooks)
{
    /// <summary>Executes the plan that stands.</summary>
    /// <param name="stored">The plan.</param>
    /// <param name="content">What its batches hold, from who made the plan; null to read them.</param>
    /// <param name="memory">Where batches that are read are kept.</param>
    /// <param name="damaged">Batches that had to be left out are added here.</param>
    /// <param name="cancellationToken">Stops the run; a repetition goes on.</param>
    /// <exception cref="ArchiveConflictException">Something else stands where the run writes; nothing was overwritten.</exception>
    /// <exception cref="ArchiveDamagedException">Something that the run must read can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<ArchiveSummary> ExecuteAsync(
        StoredPlan stored, PlanContent? content, PlanMemory memory, ISet<string> damaged, CancellationToken cancellationToken)
    {
        // Batches never change: what was read to make the plan is what a reading now would give, or find gone because another
        // run of the plan was faster, which ends in the same content.
        var loaded = content is null ? await loader.LoadAsync(stored, memory, damaged, cancellationToken) : new LoadResult.Ready(stored, content);
        switch (loaded)
        {
            case LoadResult.MovedOn:
                return default;
            case LoadResult.Committed committed:
                var stands = await commits.ReadAsync(stored.Plan, committed.Note, cancellationToken);
                await FinishAsync(stored, cancellationToken);
                return Summary(stored.Plan, stands);
            case LoadResult.Ready ready:
                var manifests = await commits.WriteAsync(ready.Stored.Plan, ready.Content, cancellationToken);
                foreach (var batch in ready.Content.Batches)
                {
                    await hooks.CatchUpAsync(batch.Name, batch.Content, cancellationToken);
                }

                await FinishAsync(ready.Stored, cancellationToken);
                return Summary(ready.Stored.Plan, manifests);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task FinishAsync(StoredPlan stored, CancellationToken cancellationToken)
    {
        if ((await plans.ReadAsync(cancellationToken))?.Version != stored.Version)
        {
            // Another run of the same plan was faster. Its batches are deleted, and what has such a name now is none of it.
            return;
        }

        foreach (var batch in stored.Plan.Batches)
        {
            await blobs.DeleteAsync(new BlobName(Containers.Inbox, batch.Name), cancellationToken);
        }

        // Null means that another run was faster here.
        await plans.ReplaceAsync(stored.Plan with { State = PlanState.Done }, stored.Version, cancellationToken);
    }

    private static ArchiveSummary Summary(Plan plan, IReadOnlyList<Manifest> manifests) => new(
        Plans: 1,
        plan.Batches.Count,
        manifests.Sum(manifest => manifest.Segments.Count),
        manifests.Aggregate(default(ArchiveCounts), (sum, manifest) => sum + manifest.Counts),
        Damaged: 0);
}
