using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>
/// A write-once blob of an archive run stands there with another content. Nothing was overwritten. A run of the same plan
/// always writes the same, so somebody else wrote it, or the store lost its plan; people have to look.
/// </summary>
public sealed class ArchiveConflictException(BlobName blob) : Exception($"{blob} stands there with another content than this run writes; it was left as it is.")
{
    /// <summary>The blob.</summary>
    public BlobName Blob { get; } = blob;
}
