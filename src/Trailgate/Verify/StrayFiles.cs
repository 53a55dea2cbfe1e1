using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>
/// Files in the directories of a file store that no listing of blobs shows, though other tools read them: names that no
/// blob can have, links, pipes and devices. What the store itself leaves there for a moment is told, not blamed.
/// </summary>
internal static class StrayFiles
{
    private static readonly string[] Watched = [Containers.Archive, Containers.Ledger, Containers.Inbox, Containers.Quarantine, Containers.Index];

    /// <summary>Goes through all directories.</summary>
    /// <exception cref="StorageException">A directory can not be read.</exception>
    public static void Check(string root, Findings findings, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var container in Watched)
            {
                var directory = new DirectoryInfo(Path.Combine(root, container));
                if (directory.Exists)
                {
                    Check(directory, root, findings, cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"Cannot list the files of {root}: {e.Message}", e);
        }
    }

    private static void Check(DirectoryInfo top, string root, Findings findings, CancellationToken cancellationToken)
    {
        var open = new Stack<DirectoryInfo>([top]);
        while (open.TryPop(out var directory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var entry in directory.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None }))
            {
                var isLink = entry.LinkTarget is not null;
                var isPlain = !isLink && (entry is not FileInfo file || file.Length > 0 || Posix.IsRegular(file.FullName));
                if (isPlain && BlobName.IsValidPath(entry.Name))
                {
                    if (entry is DirectoryInfo below)
                    {
                        open.Push(below);
                    }
                }
                else if (isPlain && IsOwn(entry.Name))
                {
                    if (!entry.Name.EndsWith(".lock", StringComparison.Ordinal))
                    {
                        findings.Remark(RemarkCodes.LeftOver, "temporary files of writes that were stopped");
                    }
                }
                else
                {
                    findings.Add(
                        FindingCodes.ObjectUnlisted, new FindingPlace(Path.GetRelativePath(root, entry.FullName)),
                        isLink ? "this is a link; the store makes none"
                        : !isPlain ? "this is no regular file; the store makes none of its kind"
                        : "no blob can be named so, and other tools may read it all the same");
                }
            }
        }
    }

    // The lock of a blob, its next version, and what is about to be published: see FileLock, FileBlobStore, FilePublisher.
    private static bool IsOwn(string name) =>
        name[0] == '.'
        && (name.EndsWith(".lock", StringComparison.Ordinal)
            || name.EndsWith(".new", StringComparison.Ordinal)
            || (name.EndsWith(".tmp", StringComparison.Ordinal) && Guid.TryParseExact(name.AsSpan(1, name.Length - 5), "N", out _)));
}
