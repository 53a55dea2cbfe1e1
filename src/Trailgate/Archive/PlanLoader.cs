using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>
/// Reads the batches of a plan and checks them against it. A batch that can not be read is left out only by changing the
/// plan, with an alert, before anything is committed: so that every run of the plan leaves out the same.
/// </summary>
internal sealed class PlanLoader(IBlobStore blobs, PlanStore plans, ArchiveReader reader, ArchiveHooks hooks, Func<DateTimeOffset, Guid> newRunId)
{
    /// <summary>How many manifests of each region are searched for a batch that is missing: at least three days of them.</summary>
    private const int ManifestsToSearch = 1000;

    /// <summary>Reads all batches of the plan.</summary>
    /// <param name="stored">The plan that stands.</param>
    /// <param name="memory">Where the batches are kept.</param>
    /// <param name="leftOut">The paths of batches that had to be left out are added here.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ArchiveDamagedException">A batch can not be read and a part of the plan is committed already.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<LoadResult> LoadAsync(StoredPlan stored, PlanMemory memory, ISet<string> leftOut, CancellationToken cancellationToken)
    {
        var content = new PlanContent();
        var unread = new Dictionary<BatchReference, string?>();
        foreach (var reference in stored.Plan.Batches)
        {
            var name = new BlobName(Containers.Inbox, reference.Name);
            if (await memory.ReadAsync(blobs, name, cancellationToken) is not { } bytes)
            {
                if (await ExplainMissingAsync(stored, cancellationToken) is { } explained)
                {
                    return explained;
                }

                unread.Add(reference, await WasArchivedBeforeAsync(stored.Plan, reference, cancellationToken)
                    ? null
                    : "it is missing, though no note says that it was archived");
            }
            else if (BatchItems.Read(bytes, out var damage) is { } items && items.Batch.Sha256 == reference.Sha256)
            {
                content.Add(reference, items);
            }
            else
            {
                unread.Add(reference, ArchiveReader.Sha256Of(bytes.Span) == reference.Sha256 ? damage ?? "" : "it is not what it was when the run was planned");
            }
        }

        content.Complete();
        leftOut.UnionWith(unread.Where(batch => batch.Value is not null).Select(batch => batch.Key.Name));
        return unread.Count == 0
            ? new LoadResult.Ready(stored, content)
            : await LeaveOutAsync(stored, content, unread, cancellationToken);
    }

    /// <summary>
    /// Batches are deleted only after the note. So a missing one means that another run was faster, or else that it was
    /// taken away by somebody: then null.
    /// </summary>
    private async Task<LoadResult?> ExplainMissingAsync(StoredPlan stored, CancellationToken cancellationToken)
    {
        if ((await plans.ReadAsync(cancellationToken))?.Version != stored.Version)
        {
            return new LoadResult.MovedOn();
        }

        var note = await reader.ReadNoteAsync(stored.Plan.NoteSequence, cancellationToken);
        return note is { } found && found.Note.Time == stored.Plan.Time && found.Note.Previous == stored.Plan.Note?.Sha256
            ? new LoadResult.Committed(found.Note)
            : null;
    }

    /// <summary>
    /// Whether an earlier plan archived the very same batch. A store that repeats a put by itself, because the first answer
    /// was lost, can bring a batch back after it was archived and deleted; a run of the earlier plan, asleep until now, then
    /// deletes it once more.
    /// </summary>
    private async Task<bool> WasArchivedBeforeAsync(Plan plan, BatchReference batch, CancellationToken cancellationToken)
    {
        foreach (var head in plan.Heads)
        {
            for (var sequence = head.Sequence; sequence > Math.Max(0, head.Sequence - ManifestsToSearch); sequence--)
            {
                if ((await reader.ReadManifestAsync(head.Region, sequence, cancellationToken)).Manifest.Batches.Contains(batch))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <param name="stored">The plan.</param>
    /// <param name="content">What could be read.</param>
    /// <param name="unread">The other batches with what is wrong with them, or null where nothing is lost.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    private async Task<LoadResult> LeaveOutAsync(
        StoredPlan stored, PlanContent content, Dictionary<BatchReference, string?> unread, CancellationToken cancellationToken)
    {
        foreach (var (batch, damage) in unread)
        {
            if (damage is null)
            {
                continue;
            }

            await hooks.RaiseAsync(PipelineAlerts.DamagedBatch(batch.Name), PipelineAlerts.DamagedBatchMessage(batch.Name, damage), cancellationToken);
        }

        await RefuseWhenCommittedAsync(stored.Plan, content, unread, cancellationToken);
        // Another run id, because what the first one may have put into the quarantine differs.
        var changed = stored.Plan with
        {
            RunId = newRunId(stored.Plan.Time),
            Batches = [.. stored.Plan.Batches.Where(batch => !unread.ContainsKey(batch))],
        };
        return await plans.ReplaceAsync(changed, stored.Version, cancellationToken) is { } replaced
            ? new LoadResult.Ready(replaced, content)
            : new LoadResult.MovedOn();
    }

    private async Task RefuseWhenCommittedAsync(
        Plan plan, PlanContent content, Dictionary<BatchReference, string?> unread, CancellationToken cancellationToken)
    {
        var heads = plan.Heads.ToDictionary(head => head.Region, head => head.Sequence);
        foreach (var region in heads.Keys.Union(content.Regions.Keys))
        {
            if (await blobs.ExistsAsync(ArchiveNames.Manifest(region, heads.GetValueOrDefault(region) + 1), cancellationToken))
            {
                var (batch, damage) = unread.First();
                throw new ArchiveDamagedException(
                    new BlobName(Containers.Inbox, batch.Name),
                    $"{damage ?? "it was archived before and is gone"}, and a part of its plan is committed already; restore the batch, whose SHA-256 is {batch.Sha256}");
            }
        }
    }
}

/// <summary>What became of reading a plan's batches.</summary>
internal abstract record LoadResult
{
    private LoadResult()
    {
    }

    /// <summary>All were read. The plan is the one that stands: changed, if some had to be left out.</summary>
    public sealed record Ready(StoredPlan Stored, PlanContent Content) : LoadResult;

    /// <summary>The note of the plan stands, and some batches are deleted already: only the end is left to do.</summary>
    public sealed record Committed(LedgerNote Note) : LoadResult;

    /// <summary>Another run changed or completed the plan.</summary>
    public sealed record MovedOn : LoadResult;
}
