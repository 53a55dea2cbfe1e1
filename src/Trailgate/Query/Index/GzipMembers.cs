using System.Buffers.Binary;
using System.IO.Compression;
using Trailgate.Hashing;

namespace Trailgate.Query.Index;

/// <summary>Finds where the gzip members (RFC 1952) of a segment begin and end, and inflates one.</summary>
internal static class GzipMembers
{
    private const int HeaderLength = 10;
    private const int TrailerLength = 8;

    /// <summary>
    /// Splits a segment; null when it is no chain of members. The framework does not tell where a member ends, so each place
    /// at which another could begin is tried: the right one has the length and the check sum of the lines in front of it.
    /// </summary>
    public static List<(int Offset, byte[] Lines, int Length)>? Split(ReadOnlyMemory<byte> stored)
    {
        var members = new List<(int Offset, byte[] Lines, int Length)>();
        for (var start = 0; start < stored.Length;)
        {
            if (!IsHeader(stored.Span[start..]) || InflateFirst(stored[start..]) is not { } first)
            {
                return null;
            }

            members.Add((start, first.Lines, first.Length));
            start += first.Length;
        }

        return members;
    }

    /// <summary>Inflates stored bytes that are exactly one member; null when they are not.</summary>
    public static byte[]? Inflate(ReadOnlyMemory<byte> member)
    {
        if (member.Length < HeaderLength + TrailerLength)
        {
            return null;
        }

        var trailer = member.Span[^TrailerLength..];
        var length = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        using var lines = new MemoryStream();
        try
        {
            using var gzip = new GZipStream(member.AsStream(), CompressionMode.Decompress);
            gzip.CopyTo(lines);
        }
        catch (InvalidDataException)
        {
            return null;
        }

        var bytes = lines.ToArray();
        return bytes.Length == length && Crc32.Of(bytes) == BinaryPrimitives.ReadUInt32LittleEndian(trailer) ? bytes : null;
    }

    private static (byte[] Lines, int Length)? InflateFirst(ReadOnlyMemory<byte> stored)
    {
        for (var end = HeaderLength + TrailerLength; end <= stored.Length; end++)
        {
            var next = stored.Span[end..].IndexOf(Magic);
            end = next < 0 ? stored.Length : end + next;
            if (Inflate(stored[..end]) is { } lines)
            {
                return (lines, end);
            }
        }

        return null;
    }

    // Deflate and no optional field, as every writer of segments has it.
    private static ReadOnlySpan<byte> Magic => [0x1F, 0x8B, 8, 0];

    private static bool IsHeader(ReadOnlySpan<byte> stored) => stored.StartsWith(Magic);
}
