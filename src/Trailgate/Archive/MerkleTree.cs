using System.Security.Cryptography;
using Trailgate.Verify;

namespace Trailgate.Archive;

/// <summary>
/// The Merkle tree of RFC 6962, section 2.1, over SHA-256: leaf = H(0x00 || data), node = H(0x01 || left || right), the
/// empty tree is H(""). Keeps the hash of each leaf, so that all nodes of a level are hashed side by side.
/// </summary>
internal sealed class MerkleTree
{
    private const int HashSize = SHA256.HashSizeInBytes;
    private const int NodeSize = 1 + 2 * HashSize;

    private readonly Sha256Batch _sha256 = new();
    private byte[] _leaves = new byte[64 * HashSize];

    /// <summary>Leaves so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a leaf.</summary>
    public void Append(ReadOnlySpan<byte> data) => Append((byte[])[0, .. data], [(0, 1 + data.Length)]);

    /// <summary>Adds leaves.</summary>
    /// <param name="data">The buffer in which they lie.</param>
    /// <param name="leaves">Where each lies, with the zero that goes before it.</param>
    public void Append(ReadOnlySpan<byte> data, ReadOnlySpan<(int Start, int Length)> leaves)
    {
        var needed = (Count + leaves.Length) * HashSize;
        if (needed > _leaves.Length)
        {
            Array.Resize(ref _leaves, Math.Max(needed, 2 * _leaves.Length));
        }

        _sha256.Hash(data, leaves, _leaves.AsSpan(Count * HashSize));
        Count += leaves.Length;
    }

    /// <summary>The root over all leaves so far, 64 lower-case hexadecimal digits. More leaves may follow.</summary>
    public string ToRoot()
    {
        if (Count == 0)
        {
            return Convert.ToHexStringLower(SHA256.HashData([]));
        }

        // The last of an odd number waits for the next level: so the subtree on the left is always a complete one.
        var hashes = _leaves.AsSpan(0, Count * HashSize).ToArray();
        var nodes = new byte[Count / 2 * NodeSize];
        var places = new (int Start, int Length)[Count / 2];
        for (var count = Count; count > 1; count = (count + 1) / 2)
        {
            var pairs = count / 2;
            for (var i = 0; i < pairs; i++)
            {
                places[i] = (i * NodeSize, NodeSize);
                nodes[i * NodeSize] = 1;
                hashes.AsSpan(2 * i * HashSize, 2 * HashSize).CopyTo(nodes.AsSpan(i * NodeSize + 1));
            }

            _sha256.Hash(nodes, places.AsSpan(0, pairs), hashes);
            if (count % 2 == 1)
            {
                hashes.AsSpan((count - 1) * HashSize, HashSize).CopyTo(hashes.AsSpan(pairs * HashSize));
            }
        }

        return Convert.ToHexStringLower(hashes.AsSpan(0, HashSize));
    }

    /// <summary>The hash of a leaf.</summary>
    public static void Leaf(ReadOnlySpan<byte> data, Span<byte> result)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0]);
        hash.AppendData(data);
        hash.GetHashAndReset(result);
    }

    /// <summary>The hash of a node. The result may lie where one of the others does.</summary>
    public static void Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> result)
    {
        Span<byte> data = stackalloc byte[NodeSize];
        data[0] = 1;
        left.CopyTo(data[1..]);
        right.CopyTo(data[(1 + HashSize)..]);
        SHA256.HashData(data, result);
    }
}
