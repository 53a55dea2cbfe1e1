using System.Buffers.Binary;
using System.IO.Compression;
using Trailgate.Hashing;

namespace Trailgate.Query.Index;

/// <summary>
/// Finds where the gzip members (RFC 1952) of a segment begin and end, and inflates them, one after the other into the same memory:
/// with an array for each, indexing would leave four times what it reads as garbage of the kind that is collected seldom.
/// </summary>
internal sealed class GzipMembers
{
    private const int HeaderLength = 10;
    private const int TrailerLength = 8;

    /// <summary>More is taken only when that much was there: the length comes from bytes that may be damaged.</summary>
    private const int FirstLength = 1 << 20;

    private byte[] _lines = [];

    /// <summary>Sees a member; false when it is not good.</summary>
    public delegate bool Visitor(int offset, int length, ReadOnlySpan<byte> lines);

    /// <summary>
    /// Shows the members of a segment; false when it is no chain of members, or one of them is not good. The framework does not tell where
    /// a member ends, so each place at which another could begin is tried: the right one has the length and the check sum of the lines in
    /// front of it.
    /// </summary>
    public bool Visit(ReadOnlyMemory<byte> stored, Visitor visit)
    {
        for (var start = 0; start < stored.Length;)
        {
            if (!IsHeader(stored.Span[start..]) || InflateFirst(stored[start..]) is not var (lines, length) || !visit(start, length, lines.Span))
            {
                return false;
            }

            start += length;
        }

        return true;
    }

    /// <summary>Inflates stored bytes that are exactly one member; null when they are not. Valid until the next call.</summary>
    public ReadOnlyMemory<byte>? Inflate(ReadOnlyMemory<byte> member)
    {
        if (member.Length < HeaderLength + TrailerLength)
        {
            return null;
        }

        var trailer = member.Span[^TrailerLength..];
        var length = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        // Not a conditional expression: null would turn into an empty memory there.
        if (InflateUpTo(member, length) == length && Crc32.Of(_lines.AsSpan(0, (int)length)) == BinaryPrimitives.ReadUInt32LittleEndian(trailer))
        {
            return _lines.AsMemory(0, (int)length);
        }

        return null;
    }

    /// <summary>How many bytes come out, or somewhat more than asked for when there are more; -1 when it is no gzip.</summary>
    private long InflateUpTo(ReadOnlyMemory<byte> member, long length)
    {
        try
        {
            using var gzip = new GZipStream(member.AsStream(), CompressionMode.Decompress);
            for (var read = 0; ;)
            {
                if (read == _lines.Length)
                {
                    Array.Resize(ref _lines, (int)Math.Min(Array.MaxLength, Math.Max(2L * read, Math.Min(length, FirstLength) + 1)));
                }

                // Without room there is no more to come: no member has what no array holds.
                var more = gzip.Read(_lines, read, _lines.Length - read);
                read += more;
                if (more == 0 || read > length)
                {
                    return read;
                }
            }
        }
        catch (InvalidDataException)
        {
            return -1;
        }
    }

    private (ReadOnlyMemory<byte> Lines, int Length)? InflateFirst(ReadOnlyMemory<byte> stored)
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
