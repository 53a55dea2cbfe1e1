using System.Buffers;

namespace Trailgate.Storage;

/// <summary>
/// Where a blob lies: a container and a path in it. Names are lower-risk by construction: ASCII letters, digits and
/// <c>- _ . = /</c>, no empty segment, none that is only dots, so that no name leaves the root of a file store and every
/// name is also a valid Azure blob name.
/// </summary>
public readonly record struct BlobName : IComparable<BlobName>
{
    /// <summary>Longest path, in characters; Azure allows 1,024.</summary>
    public const int MaxPathLength = 900;

    /// <summary>Longest path segment, in characters; file systems allow 255 bytes and temporary names need some of it.</summary>
    public const int MaxSegmentLength = 200;

    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.=/");

    private static readonly SearchValues<char> ContainerCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Checks and makes a name.</summary>
    /// <exception cref="ArgumentException">A container that is not 3 to 63 lower-case letters, digits or hyphens, or a path that the type's rules refuse.</exception>
    public BlobName(string container, string path)
    {
        if (container.Length is < 3 or > 63 || container.AsSpan().ContainsAnyExcept(ContainerCharacters))
        {
            throw new ArgumentException($"'{container}' is no container name: 3 to 63 lower-case letters, digits or hyphens.", nameof(container));
        }

        if (!IsValidPath(path))
        {
            throw new ArgumentException($"'{path}' is no blob path: ASCII letters, digits and - _ . = in segments of 1 to {MaxSegmentLength} characters, none of them only dots.", nameof(path));
        }

        Container = container;
        Path = path;
    }

    /// <summary>The container, which is a directory in a file store.</summary>
    public string Container { get; }

    /// <summary>The path within the container, segments split by slashes.</summary>
    public string Path { get; }

    /// <summary>Whether a path may be used in a name.</summary>
    public static bool IsValidPath(ReadOnlySpan<char> path)
    {
        if (path.Length is 0 or > MaxPathLength || path.ContainsAnyExcept(PathCharacters))
        {
            return false;
        }

        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            // Azure drops a trailing dot of a segment, and a segment that begins with one hides from directory listings.
            if (segment.Length is 0 or > MaxSegmentLength || segment[0] == '.' || segment[^1] == '.')
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc />
    public int CompareTo(BlobName other)
    {
        var byContainer = string.CompareOrdinal(Container, other.Container);
        return byContainer != 0 ? byContainer : string.CompareOrdinal(Path, other.Path);
    }

    /// <summary>Container and path, split by a slash.</summary>
    public override string ToString() => $"{Container}/{Path}";

#pragma warning disable CS1591 // comparison operators mean what they mean everywhere
    public static bool operator <(BlobName left, BlobName right) => left.CompareTo(right) < 0;
    public static bool operator >(BlobName left, BlobName right) => left.CompareTo(right) > 0;
    public static bool operator <=(BlobName left, BlobName right) => left.CompareTo(right) <= 0;
    public static bool operator >=(BlobName left, BlobName right) => left.CompareTo(right) >= 0;
#pragma warning restore CS1591
}
