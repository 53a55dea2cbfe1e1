using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>Reads and replaces the one plan of a store.</summary>
internal sealed class PlanStore(IBlobStore blobs)
{
    /// <summary>The plan that stands; null before the first one.</summary>
    /// <exception cref="ArchiveDamagedException">The plan can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<StoredPlan?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await blobs.ReadAsync(ArchiveNames.Plan, cancellationToken) is not { } content)
        {
            return null;
        }

        return PlanJson.Read(content.Bytes) is { } plan
            ? new StoredPlan(plan, content.Version)
            : throw new ArchiveDamagedException(ArchiveNames.Plan, "this is no plan of a version that is known here");
    }

    /// <summary>Puts a plan in the place of the one that was read; null when another came first.</summary>
    /// <exception cref="StorageException">The store could not do it; either plan may stand.</exception>
    public async Task<StoredPlan?> ReplaceAsync(Plan plan, string? expectedVersion, CancellationToken cancellationToken) =>
        await blobs.ReplaceAsync(ArchiveNames.Plan, PlanJson.Write(plan), expectedVersion, cancellationToken) is { } version
            ? new StoredPlan(plan, version)
            : null;
}

/// <summary>A plan with the version of the blob that it was read from or written to.</summary>
internal sealed record StoredPlan(Plan Plan, string Version);
