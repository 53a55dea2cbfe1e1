using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Trailgate.Normalize;

/// <summary>Finds the end of JSON strings, 32 bytes at a time: half of an event's bytes stand in strings of that length or less.</summary>
internal static class StringContent
{
    /// <summary>
    /// The first byte at or after a place that ends a string, begins an escape, or may not stand in a string; the length
    /// when there is none.
    /// </summary>
    /// <param name="json">The text.</param>
    /// <param name="at">Behind the opening quote, or behind an escape.</param>
    /// <param name="hasSign">Set when a sign that can assign a value (<c>:</c>, <c>=</c>, <c>&gt;</c>) stands before it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Scan(ReadOnlySpan<byte> json, int at, ref bool hasSign)
    {
        ref var bytes = ref MemoryMarshal.GetReference(json);
        if (json.Length >= Vector256<byte>.Count)
        {
            var last = json.Length - Vector256<byte>.Count;
            while (at < json.Length)
            {
                var from = Math.Min(at, last);
                var block = Vector256.LoadUnsafe(ref bytes, (nuint)from);
                var ends = (Vector256.Equals(block, Vector256.Create((byte)'"')) | Vector256.Equals(block, Vector256.Create((byte)'\\'))
                    | Vector256.Equals(Vector256.Min(block, Vector256.Create((byte)0x1F)), block)).ExtractMostSignificantBits() >> (at - from);
                var signs = (Vector256.Equals(block, Vector256.Create((byte)':')) | Vector256.Equals(block, Vector256.Create((byte)'='))
                    | Vector256.Equals(block, Vector256.Create((byte)'>'))).ExtractMostSignificantBits() >> (at - from);
                if (ends != 0)
                {
                    hasSign |= (signs & (ends ^ (ends - 1))) != 0; // what stands before the lowest end
                    return at + BitOperations.TrailingZeroCount(ends);
                }

                hasSign |= signs != 0;
                at = from + Vector256<byte>.Count;
            }

            return json.Length;
        }

        for (; at < json.Length && json[at] is not ((byte)'"' or (byte)'\\' or < 0x20); at++)
        {
            hasSign |= json[at] is (byte)':' or (byte)'=' or (byte)'>';
        }

        return at;
    }

    /// <summary>The byte behind the closing quote of a string whose grammar was checked before.</summary>
    /// <param name="json">The text.</param>
    /// <param name="at">Behind the opening quote.</param>
    /// <param name="isEscaped">Whether the string has escapes.</param>
    /// <param name="hasSign">Whether it has a sign that can assign a value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EndOfChecked(ReadOnlySpan<byte> json, int at, out bool isEscaped, out bool hasSign)
    {
        isEscaped = false;
        hasSign = false;
        while (true)
        {
            at = Scan(json, at, ref hasSign);
            if (json[at] == '"')
            {
                return at + 1;
            }

            isEscaped = true;
            at += 2;
        }
    }
}
