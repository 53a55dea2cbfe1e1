using System.IO.Enumeration;

namespace Trailgate.Storage;

/// <summary>
/// Walks the directory of a container so that paths come in ordinal order, one directory in memory at a time for each
/// level, and only into directories that can hold a match.
/// </summary>
/// <remarks>
/// A directory sorts as its name with a slash: <c>a-b</c> and <c>a.b</c> come before what is in <c>a</c>, because hyphen
/// and dot are smaller than the slash.
/// </remarks>
internal sealed class FileListing(string containerDirectory, string container, string prefix, string? after)
{
    private static readonly EnumerationOptions OneLevel = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>The matches. A directory is read when the walk enters it.</summary>
    public IEnumerable<BlobEntry> Walk()
    {
        // Straight to the deepest directory that the prefix names, without reading the ones above it.
        var start = prefix[..(prefix.LastIndexOf('/') + 1)];
        if (start.Length > 0 && !BlobName.IsValidPath(start.AsSpan(0, start.Length - 1)))
        {
            yield break;
        }

        var open = new Stack<(string Path, List<Entry> Entries, int Next)>();
        open.Push((start, ReadSorted(start), 0));
        while (open.TryPop(out var level))
        {
            if (level.Next == level.Entries.Count)
            {
                continue;
            }

            var entry = level.Entries[level.Next];
            open.Push(level with { Next = level.Next + 1 });
            var path = level.Path + entry.Key;
            if (entry.Length is { } length)
            {
                yield return new BlobEntry(new BlobName(container, path), length);
            }
            else
            {
                open.Push((path, ReadSorted(path), 0));
            }
        }
    }

    private List<Entry> ReadSorted(string path)
    {
        try
        {
            var entries = new FileSystemEnumerable<Entry>(Path.Combine(containerDirectory, path), Read, OneLevel)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => Includes(path, ref entry),
            };
            var sorted = entries.ToList();
            sorted.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
            return sorted;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"Cannot list '{containerDirectory}/{path}': {e.Message}", e);
        }
    }

    private static Entry Read(ref FileSystemEntry entry) =>
        entry.IsDirectory ? new Entry($"{entry.FileName}/", Length: null) : new Entry(entry.FileName.ToString(), entry.Length);

    private bool Includes(string path, ref FileSystemEntry entry)
    {
        // What is no valid segment is not ours: temporary and lock files begin with a dot. Links are never followed, and
        // a pipe or a device is no blob: each of them seems to be empty.
        var full = $"{path}{entry.FileName}";
        if (!BlobName.IsValidPath(full) || entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return false;
        }

        if (!entry.IsDirectory)
        {
            return full.StartsWith(prefix, StringComparison.Ordinal)
                && (after is null || string.CompareOrdinal(full, after) > 0)
                && (entry.Length > 0 || Posix.IsRegular(entry.ToFullPath()));
        }

        full += "/";
        return (full.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(full, StringComparison.Ordinal))
            && (after is null || string.CompareOrdinal(full, after) > 0 || after.StartsWith(full, StringComparison.Ordinal));
    }

    /// <param name="Key">The name; of a directory with a slash.</param>
    /// <param name="Length">Bytes; null for a directory.</param>
    private readonly record struct Entry(string Key, long? Length);
}
