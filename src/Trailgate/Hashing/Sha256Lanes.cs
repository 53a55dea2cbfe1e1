using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Trailgate.Hashing;

/// <summary>What the two vector forms of SHA-256 (FIPS 180-4) share.</summary>
internal static class Sha256Lanes
{
    public const int BlockLength = 64;
    public const int StateWords = 8;

    /// <summary>How many messages this processor hashes side by side; 0 where the platform's own hash is all there is.</summary>
    public static int Most => Sha256Avx512.IsSupported ? Sha256Avx512.Lanes : Sha256Avx2.IsSupported ? Sha256Avx2.Lanes : 0;

    /// <summary>The constants of the rounds (section 4.2.2).</summary>
    public static ReadOnlySpan<uint> Constants =>
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

    /// <summary>The state of a message at its start (section 5.3.3).</summary>
    public static ReadOnlySpan<uint> Start =>
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    /// <summary>Where the blocks begin when they lie one behind the other, the first lane's first.</summary>
    public static ReadOnlySpan<int> InOrder => [0, 64, 128, 192, 256, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960];

    /// <summary>Takes each lane's message one block further.</summary>
    /// <param name="lanes">8 or 16.</param>
    /// <param name="state">The first word of each lane's state, then the second of each, and so on.</param>
    /// <param name="data">Holds a block of 64 bytes for each lane.</param>
    /// <param name="starts">Where in it each lane's block begins; at least one for each lane.</param>
    public static void Compress(int lanes, Span<uint> state, ReadOnlySpan<byte> data, ReadOnlySpan<int> starts)
    {
        if (lanes == Sha256Avx512.Lanes)
        {
            Sha256Avx512.Compress(state, data, starts);
        }
        else
        {
            Sha256Avx2.Compress(state, data, starts);
        }
    }

    /// <summary>A block of a lane. The slice checks that all of it is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref byte BlockAt(ReadOnlySpan<byte> data, int start) => ref MemoryMarshal.GetReference(data.Slice(start, BlockLength));

    /// <summary>The last one or two blocks of a message: what is left of it, a bit, zeros and the length in bits.</summary>
    /// <param name="rest">What is left: less than a block.</param>
    /// <param name="length">Length of the whole message in bytes.</param>
    /// <param name="pad">Room for two blocks.</param>
    /// <returns>How many blocks it became.</returns>
    public static int Pad(ReadOnlySpan<byte> rest, long length, Span<byte> pad)
    {
        pad[..(2 * BlockLength)].Clear();
        rest.CopyTo(pad);
        pad[rest.Length] = 0x80;
        var blocks = rest.Length + 9 <= BlockLength ? 1 : 2;
        BinaryPrimitives.WriteInt64BigEndian(pad[(blocks * BlockLength - 8)..], length * 8);
        return blocks;
    }
}
