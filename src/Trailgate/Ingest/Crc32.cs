using System.Buffers.Binary;

namespace Trailgate.Ingest;

/// <summary>
/// CRC-32 as gzip uses it (RFC 1952, section 8), eight bytes a step. The framework's own is in a package, not in the
/// shared framework.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[][] Tables = MakeTables();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var tables = Tables;
        var crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = tables[7][low & 0xFF] ^ tables[6][(low >> 8) & 0xFF] ^ tables[5][(low >> 16) & 0xFF] ^ tables[4][low >> 24]
                ^ tables[3][high & 0xFF] ^ tables[2][(high >> 8) & 0xFF] ^ tables[1][(high >> 16) & 0xFF] ^ tables[0][high >> 24];
            bytes = bytes[8..];
        }

        foreach (var value in bytes)
        {
            crc = (crc >> 8) ^ tables[0][(crc ^ value) & 0xFF];
        }

        return ~crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[8][];
        for (var t = 0; t < 8; t++)
        {
            tables[t] = new uint[256];
            for (uint i = 0; i < 256; i++)
            {
                if (t > 0)
                {
                    tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xFF];
                    continue;
                }

                var crc = i;
                for (var bit = 0; bit < 8; bit++)
                {
                    crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
                }

                tables[0][i] = crc;
            }
        }

        return tables;
    }
}
