using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Trailgate.Hashing;

/// <summary>SHA-256 of sixteen messages side by side, one in each lane of a vector of 512 bits.</summary>
internal static class Sha256Avx512
{
    public const int Lanes = 16;

    // Truth tables: each bit of the result by three bits of the operands.
    private const byte Parity = 0x96;
    private const byte Choice = 0xCA;
    private const byte Majority = 0xE8;

    public static bool IsSupported => Avx512BW.IsSupported;

    /// <summary>As <see cref="Sha256Lanes.Compress"/> says.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(Span<uint> state, ReadOnlySpan<byte> data, ReadOnlySpan<int> starts)
    {
        Span<Vector512<uint>> words = stackalloc Vector512<uint>[Lanes];
        Load(data, starts[..Lanes], words);
        ref var w = ref MemoryMarshal.GetReference(words);
        ref var k = ref MemoryMarshal.GetReference(Sha256Lanes.Constants);
        ref var s = ref Unsafe.As<uint, Vector512<uint>>(ref MemoryMarshal.GetReference(state[..(Sha256Lanes.StateWords * Lanes)]));
        var (a, b, c, d) = (s, Unsafe.Add(ref s, 1), Unsafe.Add(ref s, 2), Unsafe.Add(ref s, 3));
        var (e, f, g, h) = (Unsafe.Add(ref s, 4), Unsafe.Add(ref s, 5), Unsafe.Add(ref s, 6), Unsafe.Add(ref s, 7));
        for (var t = 0; t < 64; t += 8)
        {
            if (t >= 16)
            {
                for (var i = t; i < t + 8; i++)
                {
                    Unsafe.Add(ref w, i & 15) += LowerSigma0(Unsafe.Add(ref w, (i + 1) & 15)) + Unsafe.Add(ref w, (i + 9) & 15) + LowerSigma1(Unsafe.Add(ref w, (i + 14) & 15));
                }
            }

            ref var now = ref Unsafe.Add(ref w, t & 8);
            ref var constant = ref Unsafe.Add(ref k, t);
            Round(a, b, c, ref d, e, f, g, ref h, now + Vector512.Create(constant));
            Round(h, a, b, ref c, d, e, f, ref g, Unsafe.Add(ref now, 1) + Vector512.Create(Unsafe.Add(ref constant, 1)));
            Round(g, h, a, ref b, c, d, e, ref f, Unsafe.Add(ref now, 2) + Vector512.Create(Unsafe.Add(ref constant, 2)));
            Round(f, g, h, ref a, b, c, d, ref e, Unsafe.Add(ref now, 3) + Vector512.Create(Unsafe.Add(ref constant, 3)));
            Round(e, f, g, ref h, a, b, c, ref d, Unsafe.Add(ref now, 4) + Vector512.Create(Unsafe.Add(ref constant, 4)));
            Round(d, e, f, ref g, h, a, b, ref c, Unsafe.Add(ref now, 5) + Vector512.Create(Unsafe.Add(ref constant, 5)));
            Round(c, d, e, ref f, g, h, a, ref b, Unsafe.Add(ref now, 6) + Vector512.Create(Unsafe.Add(ref constant, 6)));
            Round(b, c, d, ref e, f, g, h, ref a, Unsafe.Add(ref now, 7) + Vector512.Create(Unsafe.Add(ref constant, 7)));
        }

        s += a;
        Unsafe.Add(ref s, 1) += b;
        Unsafe.Add(ref s, 2) += c;
        Unsafe.Add(ref s, 3) += d;
        Unsafe.Add(ref s, 4) += e;
        Unsafe.Add(ref s, 5) += f;
        Unsafe.Add(ref s, 6) += g;
        Unsafe.Add(ref s, 7) += h;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, ref Vector512<uint> d,
        Vector512<uint> e, Vector512<uint> f, Vector512<uint> g, ref Vector512<uint> h, Vector512<uint> wordAndConstant)
    {
        var sum = h + wordAndConstant + Avx512F.TernaryLogic(e, f, g, Choice)
            + Avx512F.TernaryLogic(Avx512F.RotateRight(e, 6), Avx512F.RotateRight(e, 11), Avx512F.RotateRight(e, 25), Parity);
        d += sum;
        h = sum + Avx512F.TernaryLogic(a, b, c, Majority)
            + Avx512F.TernaryLogic(Avx512F.RotateRight(a, 2), Avx512F.RotateRight(a, 13), Avx512F.RotateRight(a, 22), Parity);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> LowerSigma0(Vector512<uint> x) =>
        Avx512F.TernaryLogic(Avx512F.RotateRight(x, 7), Avx512F.RotateRight(x, 18), x >>> 3, Parity);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> LowerSigma1(Vector512<uint> x) =>
        Avx512F.TernaryLogic(Avx512F.RotateRight(x, 17), Avx512F.RotateRight(x, 19), x >>> 10, Parity);

    /// <summary>Blocks of sixteen words of one lane become words of sixteen lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Load(ReadOnlySpan<byte> data, ReadOnlySpan<int> starts, Span<Vector512<uint>> words)
    {
        Span<Vector512<uint>> quads = stackalloc Vector512<uint>[Lanes];
        var swap = Vector512.Create(Vector256.Create(Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)));
        for (var i = 0; i < Lanes; i += 4)
        {
            // In each quarter of a vector a 4 x 4 transpose: of four lanes, words j, j + 4, j + 8 and j + 12 in vector j.
            var a = Avx512BW.Shuffle(Vector512.LoadUnsafe(ref Sha256Lanes.BlockAt(data, starts[i])), swap).AsUInt32();
            var b = Avx512BW.Shuffle(Vector512.LoadUnsafe(ref Sha256Lanes.BlockAt(data, starts[i + 1])), swap).AsUInt32();
            var c = Avx512BW.Shuffle(Vector512.LoadUnsafe(ref Sha256Lanes.BlockAt(data, starts[i + 2])), swap).AsUInt32();
            var d = Avx512BW.Shuffle(Vector512.LoadUnsafe(ref Sha256Lanes.BlockAt(data, starts[i + 3])), swap).AsUInt32();
            var lowAb = Avx512F.UnpackLow(a, b).AsUInt64();
            var lowCd = Avx512F.UnpackLow(c, d).AsUInt64();
            var highAb = Avx512F.UnpackHigh(a, b).AsUInt64();
            var highCd = Avx512F.UnpackHigh(c, d).AsUInt64();
            quads[i] = Avx512F.UnpackLow(lowAb, lowCd).AsUInt32();
            quads[i + 1] = Avx512F.UnpackHigh(lowAb, lowCd).AsUInt32();
            quads[i + 2] = Avx512F.UnpackLow(highAb, highCd).AsUInt32();
            quads[i + 3] = Avx512F.UnpackHigh(highAb, highCd).AsUInt32();
        }

        for (var j = 0; j < 4; j++)
        {
            // The quarters of the four groups of lanes are put side by side.
            var lower0 = Avx512F.Shuffle4x128(quads[j], quads[4 + j], 0x44);
            var upper0 = Avx512F.Shuffle4x128(quads[j], quads[4 + j], 0xEE);
            var lower1 = Avx512F.Shuffle4x128(quads[8 + j], quads[12 + j], 0x44);
            var upper1 = Avx512F.Shuffle4x128(quads[8 + j], quads[12 + j], 0xEE);
            words[j] = Avx512F.Shuffle4x128(lower0, lower1, 0x88);
            words[4 + j] = Avx512F.Shuffle4x128(lower0, lower1, 0xDD);
            words[8 + j] = Avx512F.Shuffle4x128(upper0, upper1, 0x88);
            words[12 + j] = Avx512F.Shuffle4x128(upper0, upper1, 0xDD);
        }
    }
}
