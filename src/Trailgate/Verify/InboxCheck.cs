using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>Checks what waits in the inbox: each batch against its trailer, and what is in flight.</summary>
internal sealed class InboxCheck(VerifyScope scope)
{
    /// <summary>More than all bodies that may be in memory at once.</summary>
    private const int MaxBatchBytes = 1024 * 1024 * 1024;

    private const int MaxPlanBytes = 32 * 1024 * 1024;

    /// <summary>The plan. To be read before the ledger, so that the ledger can only be further.</summary>
    /// <exception cref="StorageException">The store could not do it.</exception>
    public async Task<InboxView> ReadPlanAsync(CancellationToken cancellationToken)
    {
        var (exists, plan) = await PlanNowAsync(scope, cancellationToken);
        if (exists && plan is null)
        {
            scope.Findings.Add(FindingCodes.PlanMalformed, ArchiveNames.Plan, "this is no plan");
        }
        else if (plan is { State: PlanState.Open })
        {
            scope.Findings.Remark(RemarkCodes.PlanOpen, $"the run {plan.RunId} of {plan.Time:u} was planned and is not complete; the next run goes on with it");
        }

        return new InboxView(plan);
    }

    /// <summary>The plan as it stands at this moment; null when there is none that reads.</summary>
    public static async Task<(bool Exists, Plan? Plan)> PlanNowAsync(VerifyScope scope, CancellationToken cancellationToken)
    {
        var read = await BlobBytes.ReadAsync(scope.Blobs, ArchiveNames.Plan, MaxPlanBytes, cancellationToken);
        return (read.Exists, read.Exists && !read.TooLarge ? PlanJson.Read(read.Bytes) : null);
    }

    /// <summary>Goes through the batches.</summary>
    /// <returns>Items in flight, per region: in batches that no manifest lists.</returns>
    /// <exception cref="StorageException">The store could not do it.</exception>
    public async Task<SortedDictionary<Region, long>> RunAsync(BatchUses consumed, CancellationToken cancellationToken)
    {
        var inFlight = new SortedDictionary<Region, long>();
        var archived = 0L;
        await foreach (var path in scope.Blobs.ListPathsAsync(Containers.Inbox, "", cancellationToken))
        {
            var name = new BlobName(Containers.Inbox, path);
            if (!path.StartsWith(BatchName.Prefix, StringComparison.Ordinal))
            {
                if (name != ArchiveNames.Plan)
                {
                    scope.Findings.Add(FindingCodes.ObjectUnlisted, name, "nothing that is kept in the inbox is named so");
                }

                continue;
            }

            var read = await BlobBytes.ReadAsync(scope.Blobs, name, MaxBatchBytes, cancellationToken);
            if (!read.Exists)
            {
                continue; // a run took it meanwhile
            }

            var damage = "it is larger than any batch";
            if (read.TooLarge || BatchItems.Read(read.Bytes, out damage) is not { } items)
            {
                scope.Findings.Add(FindingCodes.BatchDamaged, name, damage ?? "");
            }
            else if (consumed.Contains(path))
            {
                archived++;
            }
            else
            {
                foreach (var (region, counts) in items.Counts)
                {
                    inFlight[region] = inFlight.GetValueOrDefault(region) + counts.Received;
                }
            }
        }

        if (archived > 0)
        {
            scope.Findings.Remark(RemarkCodes.LeftOver, "batches that are archived and not deleted yet", archived);
        }

        return inFlight;
    }
}
