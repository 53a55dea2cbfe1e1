using System.IO.Enumeration;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>
/// Files in the directories of a file store that no listing of blobs shows, though other tools read them: names that no
/// blob can have, links, pipes and devices. What the store itself leaves there for a moment is told, not blamed.
/// </summary>
internal static class StrayFiles
{
    private static readonly EnumerationOptions OneLevel = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    private static readonly string[] Watched = [Containers.Archive, Containers.Ledger, Containers.Inbox, Containers.Quarantine, Containers.Index];

    /// <summary>Goes through all directories.</summary>
    /// <exception cref="StorageException">A directory can not be read.</exception>
    public static void Check(string root, Findings findings, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var container in Watched)
            {
                var directory = Path.Combine(root, container);
                if (Directory.Exists(directory))
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

    private static void Check(string top, string root, Findings findings, CancellationToken cancellationToken)
    {
        var open = new Stack<string>([top]);
        while (open.TryPop(out var directory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var entry in new FileSystemEnumerable<Entry>(directory, Entry.Read, OneLevel))
            {
                var path = Path.Combine(directory, entry.Name);
                var isRegular = entry is { IsLink: false, IsDirectory: false } && (entry.Length > 0 || Posix.IsRegular(path));
                if (entry is { IsLink: false, IsDirectory: true } && BlobName.IsValidPath(entry.Name))
                {
                    open.Push(path);
                }
                else if (isRegular && IsOwn(entry.Name))
                {
                    if (!entry.Name.EndsWith(".lock", StringComparison.Ordinal))
                    {
                        findings.Remark(RemarkCodes.LeftOver, "temporary files of writes that were stopped");
                    }
                }
                else if (!(isRegular && BlobName.IsValidPath(entry.Name)) && (entry.IsLink || Path.Exists(path)))
                {
                    findings.Add(
                        FindingCodes.ObjectUnlisted, new FindingPlace(Path.GetRelativePath(root, path)),
                        entry.IsLink ? "this is a link; the store makes none"
                        : isRegular || entry.IsDirectory ? "no blob can be named so, and other tools may read it all the same"
                        : "this is no regular file; the store makes none of its kind");
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

    /// <summary>What a directory says of a file. One that was deleted since is told with a length of 0.</summary>
    private readonly record struct Entry(string Name, bool IsDirectory, bool IsLink, long Length)
    {
        public static Entry Read(ref FileSystemEntry entry) =>
            new(entry.FileName.ToString(), entry.IsDirectory, entry.Attributes.HasFlag(FileAttributes.ReparsePoint), entry.IsDirectory ? 0 : entry.Length);
    }
}
