using System.Buffers.Binary;
using System.IO.Compression;

namespace Trailgate.Tests.Archive;

/// <summary>Takes gzip apart by RFC 1952: each member has a header of ten bytes, a deflate stream, CRC-32 and size.</summary>
internal static class GzipMembers
{
    /// <summary>The uncompressed size of each member. Members begin where the magic stands and the one before ends whole.</summary>
    public static IReadOnlyList<int> Sizes(byte[] bytes)
    {
        var sizes = new List<int>();
        var start = 0;
        for (var end = start + 18; end <= bytes.Length; end++)
        {
            var atEnd = end == bytes.Length;
            if ((atEnd || (end + 2 < bytes.Length && bytes[end] == 0x1f && bytes[end + 1] == 0x8b && bytes[end + 2] == 8))
                && Inflate(bytes.AsSpan(start + 10, end - start - 18)) is { } size
                && size == BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(end - 4)))
            {
                sizes.Add(size);
                start = end;
                end += 17;
            }
        }

        Assert.Equal(bytes.Length, start);
        return sizes;
    }

    private static int? Inflate(ReadOnlySpan<byte> deflated)
    {
        try
        {
            using var inflater = new DeflateStream(new MemoryStream(deflated.ToArray()), CompressionMode.Decompress);
            using var result = new MemoryStream();
            inflater.CopyTo(result);
            return (int)result.Length;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
