using System.Security.Cryptography;

namespace Trailgate.Archive;

/// <summary>
/// The Merkle tree of RFC 6962, section 2.1, over SHA-256, leaf by leaf, keeping one hash for each complete subtree:
/// leaf = H(0x00 || data), node = H(0x01 || left || right), the empty tree is H("").
/// </summary>
internal sealed class MerkleTree : IDisposable
{
    private const int HashSize = SHA256.HashSizeInBytes;
    private const int MaxDepth = 63;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // Roots of the complete subtrees from left to right, the largest first: one for each set bit of the count.
    private readonly byte[] _roots = new byte[MaxDepth * HashSize];
    private int _depth;

    /// <summary>Leaves so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a leaf.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[HashSize];
        Leaf(_hash, data, hash);
        for (var size = Count; (size & 1) == 1; size >>= 1)
        {
            Node(Root(--_depth), hash, hash);
        }

        hash.CopyTo(Root(_depth++));
        Count++;
    }

    /// <summary>The root over all leaves so far, 64 lower-case hexadecimal digits. More leaves may follow.</summary>
    public string ToRoot()
    {
        Span<byte> hash = stackalloc byte[HashSize];
        if (_depth == 0)
        {
            SHA256.HashData([], hash);
            return Convert.ToHexStringLower(hash);
        }

        Root(_depth - 1).CopyTo(hash);
        for (var i = _depth - 2; i >= 0; i--)
        {
            Node(Root(i), hash, hash);
        }

        return Convert.ToHexStringLower(hash);
    }

    public void Dispose() => _hash.Dispose();

    private static void Leaf(IncrementalHash hash, ReadOnlySpan<byte> data, Span<byte> result)
    {
        hash.AppendData([0]);
        hash.AppendData(data);
        hash.GetHashAndReset(result);
    }

    private Span<byte> Root(int index) => _roots.AsSpan(index * HashSize, HashSize);

    /// <summary>The hash of a leaf.</summary>
    public static void Leaf(ReadOnlySpan<byte> data, Span<byte> result)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Leaf(hash, data, result);
    }

    /// <summary>The hash of a node. The result may lie where one of the others does.</summary>
    public static void Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> result)
    {
        Span<byte> data = stackalloc byte[1 + 2 * HashSize];
        data[0] = 1;
        left.CopyTo(data[1..]);
        right.CopyTo(data[(1 + HashSize)..]);
        SHA256.HashData(data, result);
    }
}
