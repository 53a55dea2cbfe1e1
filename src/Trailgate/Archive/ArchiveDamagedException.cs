using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>
/// What stands in the store is not what the archive's own records say: missing, cut off or changed. A retry does not
/// help; restoring the blob does.
/// </summary>
public sealed class ArchiveDamagedException(BlobName blob, string what) : Exception($"{blob}: {what}.")
{
    /// <summary>The blob.</summary>
    public BlobName Blob { get; } = blob;
}
