using System.Security.Cryptography;

namespace Trailgate.EndToEnd.Tests.Evidence;

/// <summary>The hashes of the formats, as their specifications define them.</summary>
internal static class Hash
{
    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>RFC 6962, section 2.1, word for word.</summary>
    public static byte[] MerkleRoot(ReadOnlySpan<byte[]> leaves)
    {
        switch (leaves.Length)
        {
            case 0:
                return SHA256.HashData([]);
            case 1:
                return SHA256.HashData([0, .. leaves[0]]);
            default:
                var split = 1;
                while (split * 2 < leaves.Length)
                {
                    split *= 2;
                }

                return SHA256.HashData([1, .. MerkleRoot(leaves[..split]), .. MerkleRoot(leaves[split..])]);
        }
    }
}
