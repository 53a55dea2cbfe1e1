using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Trailgate.Tests.Support;

/// <summary>The root of a Merkle tree as section 2.1 of RFC 6962 defines it, word for word and one hash at a time.</summary>
internal static class MerkleRoot
{
    /// <param name="text">Lines, each with its newline; each is a leaf without it.</param>
    public static string OfLines(string text) => OfLines(Encoding.UTF8.GetBytes(text));

    /// <param name="text">Lines, each with its newline; each is a leaf without it.</param>
    public static string OfLines(ReadOnlySpan<byte> text)
    {
        var lines = new List<byte[]>();
        foreach (var line in text.Split((byte)'\n'))
        {
            lines.Add(text[line].ToArray());
        }

        return Of(lines[..^1]); // nothing stands behind the last newline
    }

    /// <summary>The root over the leaves: 64 lower-case hexadecimal digits.</summary>
    public static string Of(IReadOnlyList<byte[]> leaves) => Convert.ToHexStringLower(Hash([.. leaves]));

    private static byte[] Hash(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length < 2)
        {
            return SHA256.HashData(leaves.IsEmpty ? [] : [0, .. leaves[0]]);
        }

        // The largest power of two that is smaller than the number of leaves.
        var left = (int)BitOperations.RoundUpToPowerOf2((uint)leaves.Length) / 2;
        return SHA256.HashData([1, .. Hash(leaves[..left]), .. Hash(leaves[left..])]);
    }
}
