using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Trailgate.Hashing;

/// <summary>SHA-256 of eight messages side by side, one in each lane of a vector of 256 bits.</summary>
internal static class Sha256Avx2
{
    public const int Lanes = 8;

    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>As <see cref="Sha256Lanes.Compress"/> says.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(Span<uint> state, ReadOnlySpan<byte> data, ReadOnlySpan<int> starts)
    {
        Span<Vector256<uint>> words = stackalloc Vector256<uint>[16];
        Load(data, starts[..Lanes], words);
        ref var w = ref MemoryMarshal.GetReference(words);
        ref var k = ref MemoryMarshal.GetReference(Sha256Lanes.Constants);
        ref var s = ref Unsafe.As<uint, Vector256<uint>>(ref MemoryMarshal.GetReference(state[..(Sha256Lanes.StateWords * Lanes)]));
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
            Round(a, b, c, ref d, e, f, g, ref h, now + Vector256.Create(constant));
            Round(h, a, b, ref c, d, e, f, ref g, Unsafe.Add(ref now, 1) + Vector256.Create(Unsafe.Add(ref constant, 1)));
            Round(g, h, a, ref b, c, d, e, ref f, Unsafe.Add(ref now, 2) + Vector256.Create(Unsafe.Add(ref constant, 2)));
            Round(f, g, h, ref a, b, c, d, ref e, Unsafe.Add(ref now, 3) + Vector256.Create(Unsafe.Add(ref constant, 3)));
            Round(e, f, g, ref h, a, b, c, ref d, Unsafe.Add(ref now, 4) + Vector256.Create(Unsafe.Add(ref constant, 4)));
            Round(d, e, f, ref g, h, a, b, ref c, Unsafe.Add(ref now, 5) + Vector256.Create(Unsafe.Add(ref constant, 5)));
            Round(c, d, e, ref f, g, h, a, ref b, Unsafe.Add(ref now, 6) + Vector256.Create(Unsafe.Add(ref constant, 6)));
            Round(b, c, d, ref e, f, g, h, ref a, Unsafe.Add(ref now, 7) + Vector256.Create(Unsafe.Add(ref constant, 7)));
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
        Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, ref Vector256<uint> d,
        Vector256<uint> e, Vector256<uint> f, Vector256<uint> g, ref Vector256<uint> h, Vector256<uint> wordAndConstant)
    {
        var choice = g ^ (e & (f ^ g));
        var sum = h + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25)) + choice + wordAndConstant;
        d += sum;
        var majority = ((a ^ b) & (b ^ c)) ^ b;
        h = sum + (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22)) + majority;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> LowerSigma0(Vector256<uint> x) => Rotate(x, 7) ^ Rotate(x, 18) ^ (x >>> 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> LowerSigma1(Vector256<uint> x) => Rotate(x, 17) ^ Rotate(x, 19) ^ (x >>> 10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> x, [ConstantExpected] int count) => (x >>> count) | (x << (32 - count));

    /// <summary>Blocks of sixteen words of one lane become words of eight lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Load(ReadOnlySpan<byte> data, ReadOnlySpan<int> starts, Span<Vector256<uint>> words)
    {
        Span<Vector256<uint>> rows = stackalloc Vector256<uint>[Lanes];
        var swap = Vector256.Create(Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
        for (var half = 0; half < 2; half++)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                ref var block = ref Sha256Lanes.BlockAt(data, starts[lane]);
                rows[lane] = Avx2.Shuffle(Vector256.LoadUnsafe(ref block, (nuint)(half * Vector256<byte>.Count)), swap).AsUInt32();
            }

            Transpose(rows, words[(half * 8)..]);
        }
    }

    /// <summary>Rows of eight words of one lane become words of eight lanes.</summary>
    private static void Transpose(ReadOnlySpan<Vector256<uint>> rows, Span<Vector256<uint>> words)
    {
        for (var half = 0; half < 2; half++)
        {
            // Lanes 0 to 3 in one half of the vectors, 4 to 7 in the other.
            var a = Permute(rows[0], rows[4], half);
            var b = Permute(rows[1], rows[5], half);
            var c = Permute(rows[2], rows[6], half);
            var d = Permute(rows[3], rows[7], half);
            var lowAb = Avx2.UnpackLow(a, b).AsUInt64();
            var lowCd = Avx2.UnpackLow(c, d).AsUInt64();
            var highAb = Avx2.UnpackHigh(a, b).AsUInt64();
            var highCd = Avx2.UnpackHigh(c, d).AsUInt64();
            words[4 * half] = Avx2.UnpackLow(lowAb, lowCd).AsUInt32();
            words[4 * half + 1] = Avx2.UnpackHigh(lowAb, lowCd).AsUInt32();
            words[4 * half + 2] = Avx2.UnpackLow(highAb, highCd).AsUInt32();
            words[4 * half + 3] = Avx2.UnpackHigh(highAb, highCd).AsUInt32();
        }
    }

    private static Vector256<uint> Permute(Vector256<uint> lower, Vector256<uint> upper, int half) =>
        half == 0 ? Avx2.Permute2x128(lower, upper, 0x20) : Avx2.Permute2x128(lower, upper, 0x31);
}
