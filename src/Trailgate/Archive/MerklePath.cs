using System.Security.Cryptography;
using Trailgate.Hashing;

namespace Trailgate.Archive;

/// <summary>
/// Inclusion in the Merkle tree of RFC 6962: the hashes beside the way from a leaf to the root, and the check of RFC 9162,
/// section 2.1.3.2.
/// </summary>
internal static class MerklePath
{
    private const int HashSize = SHA256.HashSizeInBytes;

    /// <summary>The path of a leaf, from the leaf upwards.</summary>
    /// <param name="leaves">The hashes of all leaves, one behind the other; overwritten.</param>
    /// <param name="index">The leaf, from 0.</param>
    public static IReadOnlyList<string> Of(Span<byte> leaves, int index)
    {
        var path = new List<string>();
        for (var count = leaves.Length / HashSize; count > 1; count = (count + 1) / 2, index /= 2)
        {
            if ((index ^ 1) < count)
            {
                path.Add(Convert.ToHexStringLower(Hash(leaves, index ^ 1)));
            }

            // A last one without a neighbour goes up as it is: the left subtree is always the largest that is complete.
            for (var i = 0; i < count; i += 2)
            {
                if (i + 1 < count)
                {
                    MerkleTree.Node(Hash(leaves, i), Hash(leaves, i + 1), Hash(leaves, i / 2));
                }
                else
                {
                    Hash(leaves, i).CopyTo(Hash(leaves, i / 2));
                }
            }
        }

        return path;
    }

    /// <summary>The root that a leaf and its path lead to; null when the path is none of a leaf there.</summary>
    /// <param name="data">What the leaf holds.</param>
    /// <param name="index">The leaf, from 0.</param>
    /// <param name="size">How many leaves the tree has.</param>
    /// <param name="path">The hashes, from the leaf upwards.</param>
    public static string? RootOf(ReadOnlySpan<byte> data, long index, long size, IReadOnlyList<string> path)
    {
        if (index < 0 || index >= size)
        {
            return null;
        }

        Span<byte> root = stackalloc byte[HashSize];
        Span<byte> beside = stackalloc byte[HashSize];
        MerkleTree.Leaf(data, root);
        var (node, last) = (index, size - 1);
        foreach (var hash in path)
        {
            if (last == 0 || hash.Length != 2 * HashSize || hash.AsSpan().ContainsAnyInRange('A', 'F')
                || Convert.FromHexString(hash, beside, out _, out _) != System.Buffers.OperationStatus.Done)
            {
                return null;
            }

            if ((node & 1) == 1 || node == last)
            {
                MerkleTree.Node(beside, root, root);
                while ((node & 1) == 0 && node != 0)
                {
                    (node, last) = (node >> 1, last >> 1);
                }
            }
            else
            {
                MerkleTree.Node(root, beside, root);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 ? Convert.ToHexStringLower(root) : null;
    }

    private static Span<byte> Hash(Span<byte> hashes, int index) => hashes.Slice(index * HashSize, HashSize);
}
