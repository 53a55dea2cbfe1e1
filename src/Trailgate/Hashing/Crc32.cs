using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Trailgate.Hashing;

/// <summary>
/// CRC-32 as gzip uses it (RFC 1952, section 8), sixty-four bytes a step where the processor multiplies without carries, else
/// eight. The framework's own is in a package, not in the shared framework.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[][] Tables = MakeTables();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        if (!Pclmulqdq.IsSupported || !Sse41.IsSupported || bytes.Length < 64)
        {
            return ~ByTables(uint.MaxValue, bytes);
        }

        var folded = bytes.Length & ~15;
        return ~ByTables(Fold(uint.MaxValue, bytes[..folded]), bytes[folded..]);
    }

    /// <summary>
    /// Polynomials are multiplied and taken remainders of by constants, as V. Gopal and others describe in "Fast CRC
    /// Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009), in the bit-reflected form.
    /// </summary>
    /// <param name="crc">The remainder so far.</param>
    /// <param name="bytes">At least 64 bytes, a multiple of 16.</param>
    private static uint Fold(uint crc, ReadOnlySpan<byte> bytes)
    {
        // x^(4*128+32), x^(4*128-32), x^(128+32), x^(128-32), x^64 modulo the polynomial; the polynomial and its reciprocal.
        var by512 = Vector128.Create(0x154442bd4UL, 0x1c6e41596UL);
        var by128 = Vector128.Create(0x1751997d0UL, 0x0ccaa009eUL);
        var by64 = Vector128.Create(0x163cd6124UL, 0UL);
        var reduce = Vector128.Create(0x1db710641UL, 0x1f7011641UL);
        var lower = Vector128.Create(~0U, 0, ~0U, 0).AsUInt64();

        var a = Load(bytes, 0) ^ Vector128.CreateScalar(crc).AsUInt64();
        var b = Load(bytes, 16);
        var c = Load(bytes, 32);
        var d = Load(bytes, 48);
        for (bytes = bytes[64..]; bytes.Length >= 64; bytes = bytes[64..])
        {
            a = Multiply(a, by512) ^ Load(bytes, 0);
            b = Multiply(b, by512) ^ Load(bytes, 16);
            c = Multiply(c, by512) ^ Load(bytes, 32);
            d = Multiply(d, by512) ^ Load(bytes, 48);
        }

        a = Multiply(a, by128) ^ b;
        a = Multiply(a, by128) ^ c;
        a = Multiply(a, by128) ^ d;
        for (; bytes.Length >= 16; bytes = bytes[16..])
        {
            a = Multiply(a, by128) ^ Load(bytes, 0);
        }

        // 128 bits to 64, to 32.
        a = Pclmulqdq.CarrylessMultiply(a, by128, 0x10) ^ Sse2.ShiftRightLogical128BitLane(a, 8);
        a = Pclmulqdq.CarrylessMultiply(a & lower, by64, 0x00) ^ Sse2.ShiftRightLogical128BitLane(a, 4);
        var quotient = Pclmulqdq.CarrylessMultiply(a & lower, reduce, 0x10) & lower;
        return (Pclmulqdq.CarrylessMultiply(quotient, reduce, 0x00) ^ a).AsUInt32().GetElement(1);
    }

    private static Vector128<ulong> Load(ReadOnlySpan<byte> bytes, int at) => Vector128.Create(bytes.Slice(at, 16)).AsUInt64();

    private static Vector128<ulong> Multiply(Vector128<ulong> value, Vector128<ulong> by) =>
        Pclmulqdq.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, by, 0x11);

    private static uint ByTables(uint crc, ReadOnlySpan<byte> bytes)
    {
        var tables = Tables;
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

        return crc;
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
