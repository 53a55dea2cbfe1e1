using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Trailgate.Verify;

/// <summary>
/// SHA-256 (FIPS 180-4) of many short messages at once. A call of the platform's costs as much as hashing 1,500 bytes, and
/// an archive takes three hashes an event; here eight messages go through the rounds side by side, one in each lane of a
/// vector. Without AVX2 it is the platform's. Kept and used again.
/// </summary>
internal sealed class Sha256Batch
{
    public const int DigestLength = SHA256.HashSizeInBytes;

    private const int Lanes = 8;
    private const int BlockLength = 64;
    private const int PadLength = 2 * BlockLength;

    private static readonly uint[] K =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private static readonly uint[] Start =
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private readonly byte[] _pads = new byte[Lanes * PadLength];
    private readonly Vector256<uint>[] _words = new Vector256<uint>[16];
    private readonly Vector256<uint>[] _state = new Vector256<uint>[8];
    private readonly int[] _blocks = new int[Lanes];
    private readonly int[] _full = new int[Lanes];
    private int[] _lengths = [];
    private int[] _order = [];

    /// <summary>Whether it is faster than the platform's here. Tests turn it off.</summary>
    internal bool UsesLanes { get; init; } = Avx2.IsSupported;

    /// <summary>Hashes messages that lie in one buffer.</summary>
    /// <param name="data">The buffer.</param>
    /// <param name="messages">Where each lies.</param>
    /// <param name="digests">32 bytes for each, in the same order.</param>
    public void Hash(ReadOnlySpan<byte> data, ReadOnlySpan<(int Start, int Length)> messages, Span<byte> digests)
    {
        if (!UsesLanes)
        {
            for (var i = 0; i < messages.Length; i++)
            {
                SHA256.HashData(data.Slice(messages[i].Start, messages[i].Length), digests[(i * DigestLength)..]);
            }

            return;
        }

        // Eight go through as many blocks as the longest of them has, so they are taken by length.
        Sort(messages);
        for (var next = 0; next < messages.Length; next += Lanes)
        {
            HashLanes(data, messages, _order.AsSpan(next, Math.Min(Lanes, messages.Length - next)), digests);
        }
    }

    private void Sort(ReadOnlySpan<(int Start, int Length)> messages)
    {
        if (_order.Length < messages.Length)
        {
            _order = new int[messages.Length * 2];
            _lengths = new int[messages.Length * 2];
        }

        var isSorted = true;
        for (var i = 0; i < messages.Length; i++)
        {
            _order[i] = i;
            _lengths[i] = messages[i].Length;
            isSorted &= i == 0 || _lengths[i] >= _lengths[i - 1];
        }

        if (!isSorted)
        {
            Array.Sort(_lengths, _order, 0, messages.Length);
        }
    }

    private void HashLanes(ReadOnlySpan<byte> data, ReadOnlySpan<(int Start, int Length)> messages, ReadOnlySpan<int> lanes, Span<byte> digests)
    {
        var most = 0;
        for (var lane = 0; lane < Lanes; lane++)
        {
            // A lane without a message goes through an empty one.
            var message = lane < lanes.Length ? data.Slice(messages[lanes[lane]].Start, messages[lanes[lane]].Length) : [];
            _full[lane] = message.Length / BlockLength;
            _blocks[lane] = (message.Length + 8) / BlockLength + 1;
            Pad(message, _pads.AsSpan(lane * PadLength, PadLength));
            most = Math.Max(most, _blocks[lane]);
        }

        for (var i = 0; i < _state.Length; i++)
        {
            _state[i] = Vector256.Create(Start[i]);
        }

        ref var first = ref MemoryMarshal.GetReference(data);
        ref var pads = ref MemoryMarshal.GetArrayDataReference(_pads);
        for (var block = 0; block < most; block++)
        {
            LoadWords(ref first, ref pads, messages, lanes, block);
            Compress(_state, _words);
            for (var lane = 0; lane < lanes.Length; lane++)
            {
                if (_blocks[lane] == block + 1)
                {
                    WriteDigest(lane, digests[(lanes[lane] * DigestLength)..]);
                }
            }
        }
    }

    /// <summary>The last one or two blocks: what is left of the message, a bit, zeros and the length in bits.</summary>
    private static void Pad(ReadOnlySpan<byte> message, Span<byte> pad)
    {
        pad.Clear();
        var rest = message.Length % BlockLength;
        message[^rest..].CopyTo(pad);
        pad[rest] = 0x80;
        var end = rest + 9 <= BlockLength ? BlockLength : PadLength;
        BinaryPrimitives.WriteInt64BigEndian(pad[(end - 8)..], message.Length * 8L);
    }

    private void LoadWords(ref byte data, ref byte pads, ReadOnlySpan<(int Start, int Length)> messages, ReadOnlySpan<int> lanes, int block)
    {
        Span<Vector256<uint>> rows = stackalloc Vector256<uint>[2 * Lanes];
        var swap = Vector256.Create(
            (byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
        for (var lane = 0; lane < Lanes; lane++)
        {
            // Behind its end a lane goes on with anything: its digest was taken.
            ref var source = ref (block < _full[lane]
                ? ref Unsafe.Add(ref data, messages[lanes[lane]].Start + block * BlockLength)
                : ref Unsafe.Add(ref pads, lane * PadLength + (block - _full[lane] & 1) * BlockLength));
            rows[lane] = Avx2.Shuffle(Vector256.LoadUnsafe(ref source), swap).AsUInt32();
            rows[Lanes + lane] = Avx2.Shuffle(Vector256.LoadUnsafe(ref source, 32), swap).AsUInt32();
        }

        Transpose(rows[..Lanes], _words);
        Transpose(rows[Lanes..], _words.AsSpan(8));
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compress(Vector256<uint>[] state, Vector256<uint>[] words)
    {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        ref var w = ref MemoryMarshal.GetArrayDataReference(words);
        ref var k = ref MemoryMarshal.GetArrayDataReference(K);
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
            Round(a, b, c, ref d, e, f, g, ref h, now + Vector256.Create(Unsafe.Add(ref k, t)));
            Round(h, a, b, ref c, d, e, f, ref g, Unsafe.Add(ref now, 1) + Vector256.Create(Unsafe.Add(ref k, t + 1)));
            Round(g, h, a, ref b, c, d, e, ref f, Unsafe.Add(ref now, 2) + Vector256.Create(Unsafe.Add(ref k, t + 2)));
            Round(f, g, h, ref a, b, c, d, ref e, Unsafe.Add(ref now, 3) + Vector256.Create(Unsafe.Add(ref k, t + 3)));
            Round(e, f, g, ref h, a, b, c, ref d, Unsafe.Add(ref now, 4) + Vector256.Create(Unsafe.Add(ref k, t + 4)));
            Round(d, e, f, ref g, h, a, b, ref c, Unsafe.Add(ref now, 5) + Vector256.Create(Unsafe.Add(ref k, t + 5)));
            Round(c, d, e, ref f, g, h, a, ref b, Unsafe.Add(ref now, 6) + Vector256.Create(Unsafe.Add(ref k, t + 6)));
            Round(b, c, d, ref e, f, g, h, ref a, Unsafe.Add(ref now, 7) + Vector256.Create(Unsafe.Add(ref k, t + 7)));
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
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

    private void WriteDigest(int lane, Span<byte> digest)
    {
        for (var i = 0; i < _state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * i)..], _state[i].GetElement(lane));
        }
    }
}
