using System.Buffers.Binary;
using System.IO.Compression;
using Trailgate.Hashing;

namespace Trailgate.Ingest;

/// <summary>
/// Inflates a whole gzip body with a cap. <see cref="GZipStream"/> takes a cut-off stream for a whole one and ignores what
/// follows the last member, so the end is checked here: the last eight bytes must be the CRC and the length of the output
/// of the last member (RFC 1952, section 2.3.1).
/// </summary>
internal static class Gzip
{
    private const int TrailerBytes = 8;
    private const int HeaderBytes = 10;

    /// <summary>Inflates into a body. Null when it is whole, else the problem.</summary>
    public static Problem? Inflate(ReadOnlyMemory<byte> wire, int maxBytes, Body output)
    {
        if (wire.Length < HeaderBytes + TrailerBytes || !wire.Span.StartsWith([(byte)0x1F, (byte)0x8B]))
        {
            return IngestProblems.BadGzip("It does not begin like gzip.");
        }

        try
        {
            using var source = wire.AsStream();
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            while (true)
            {
                if (output.Length == maxBytes)
                {
                    // One byte beyond the cap, outside of the budget, tells a body that has just the size from a larger one.
                    if (gzip.ReadByte() >= 0)
                    {
                        return IngestProblems.InflatedTooLarge(maxBytes);
                    }

                    break;
                }

                if (output.Free.Length == 0 && !output.TryReserve((int)Math.Min(maxBytes, Math.Max(output.Length * 2L, wire.Length * 4L + 1024))))
                {
                    return IngestProblems.Busy;
                }

                var free = output.Free; // a rented buffer can be longer than what was asked for
                var read = gzip.Read(free[..Math.Min(free.Length, maxBytes - output.Length)]);
                if (read == 0)
                {
                    break;
                }

                output.Advance(read);
            }
        }
        catch (InvalidDataException)
        {
            return IngestProblems.BadGzip("Its data are damaged.");
        }

        return IsWhole(wire.Span, output.Memory.Span) ? null : IngestProblems.BadGzip("It is cut off, or something follows it.");
    }

    private static bool IsWhole(ReadOnlySpan<byte> wire, ReadOnlySpan<byte> output)
    {
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(wire[^TrailerBytes..]);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(wire[^4..]);
        if (length > output.Length)
        {
            return false;
        }

        // An empty last member matches eight zero bytes anywhere, so it must be there in full.
        return length == 0
            ? crc == 0 && wire.Length >= HeaderBytes + 2 + TrailerBytes && EndsWithEmptyMember(wire)
            : Crc32.Of(output[^(int)length..]) == crc;
    }

    // Header without extra fields, then the empty block in one of the two forms that compressors write.
    private static bool EndsWithEmptyMember(ReadOnlySpan<byte> wire)
    {
        var fixedBlock = wire[..^TrailerBytes];
        return IsEmptyMember(fixedBlock, [0x03, 0x00]) || IsEmptyMember(fixedBlock, [0x01, 0x00, 0x00, 0xFF, 0xFF]);
    }

    private static bool IsEmptyMember(ReadOnlySpan<byte> wire, ReadOnlySpan<byte> block) =>
        wire.EndsWith(block)
        && wire.Length >= block.Length + HeaderBytes
        && wire[^(block.Length + HeaderBytes)..].StartsWith([(byte)0x1F, (byte)0x8B, (byte)0x08, (byte)0x00]);
}
