using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Trailgate.Normalize;

/// <summary>
/// What a text can hold of secrets, told by one vectorized pass for all the marks by which <see cref="SecretShapes"/> knows
/// them. Most events have none, and this is far cheaper than looking at each string. Each mark is told by three of its
/// bytes; each byte is looked up twice, by its upper and its lower half, in tables that fit a vector register and hold one
/// bit for a group of marks. Errs on the side of yes. Of escaped characters it tells only that they are there: whoever
/// unescapes a text looks again.
/// </summary>
/// <param name="Shapes">Whether a secret by its shape can stand in the text.</param>
/// <param name="Flags">Whether two hyphens side by side do, with a byte behind them.</param>
internal readonly record struct SecretMarks(bool Shapes, bool Flags)
{
    /// <summary>The bit of "--", which begins a flag of a command line. All others are of shapes.</summary>
    private const byte FlagBit = 0x80;

    private const string Hexadecimal = "0123456789abcdefABCDEF";

    // Three sets of characters a group: of the first byte, the second and the third. Marks share a group where their
    // mixtures are rare in events.
    private static readonly (string First, string Second, string Third)[] Groups =
    [
        ("e", "y", "JA"), // eyJ, eyA: JSON in Base64
        ("Er", " e", "Kr"), // PRIVATE KEY; Bearer
        ("As", "KSi", "Ic"), // AKIA, ASIA; Basic
        ("hu", "pousrb", "_"), // ghp_ and its like, github_pat_
        ("x", "o", "x"), // xox
        ("Re", "Ew", "Ro"), // BEARER; ewo
        ("S\\", "I0u", "Ct" + Hexadecimal), // BASIC; LS0tLS1, a PEM in Base64; an escaped character, which can be any
    ];

    private static readonly byte[] FirstLow = Table(group => group.First, low: true);
    private static readonly byte[] FirstHigh = Table(group => group.First, low: false);
    private static readonly byte[] SecondLow = Table(group => group.Second, low: true);
    private static readonly byte[] SecondHigh = Table(group => group.Second, low: false);
    private static readonly byte[] ThirdLow = Table(group => group.Third, low: true);
    private static readonly byte[] ThirdHigh = Table(group => group.Third, low: false);

    /// <summary>When nothing is known.</summary>
    public static SecretMarks All => new(Shapes: true, Flags: true);

    /// <summary>Looks at a raw event or a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="shapes">False when shapes are of no interest.</param>
    public static SecretMarks In(ReadOnlySpan<byte> text, bool shapes)
    {
        var found = text.Length < Vector128<byte>.Count + 2 ? FindEach(text) : FindAll(text);
        return new SecretMarks(shapes && SecretShapes.MayOccurIn(text, hasMarks: (found & ~FlagBit) != 0), (found & FlagBit) != 0);
    }

    private static byte FindAll(ReadOnlySpan<byte> text)
    {
        var firstLow = Vector128.Create<byte>(FirstLow);
        var firstHigh = Vector128.Create<byte>(FirstHigh);
        var secondLow = Vector128.Create<byte>(SecondLow);
        var secondHigh = Vector128.Create<byte>(SecondHigh);
        var thirdLow = Vector128.Create<byte>(ThirdLow);
        var thirdHigh = Vector128.Create<byte>(ThirdHigh);
        var found = Vector128<byte>.Zero;
        ref var start = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(text);
        var last = text.Length - Vector128<byte>.Count - 2;
        for (var at = 0; ; at = Math.Min(at + Vector128<byte>.Count, last))
        {
            found |= LookUp(firstLow, firstHigh, Vector128.LoadUnsafe(ref start, (nuint)at))
                & LookUp(secondLow, secondHigh, Vector128.LoadUnsafe(ref start, (nuint)at + 1))
                & LookUp(thirdLow, thirdHigh, Vector128.LoadUnsafe(ref start, (nuint)at + 2));
            if (at == last)
            {
                break;
            }
        }

        var folded = found.AsUInt64().GetElement(0) | found.AsUInt64().GetElement(1);
        folded |= folded >> 32;
        folded |= folded >> 16;
        return (byte)(folded | (folded >> 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> LookUp(Vector128<byte> low, Vector128<byte> high, Vector128<byte> bytes) =>
        Vector128.ShuffleNative(low, bytes & Vector128.Create((byte)0x0F)) & Vector128.ShuffleNative(high, bytes >>> 4);

    private static byte FindEach(ReadOnlySpan<byte> text)
    {
        byte found = 0;
        for (var at = 0; at + 2 < text.Length; at++)
        {
            found |= (byte)(FirstLow[text[at] & 0x0F] & FirstHigh[text[at] >> 4]
                & SecondLow[text[at + 1] & 0x0F] & SecondHigh[text[at + 1] >> 4]
                & ThirdLow[text[at + 2] & 0x0F] & ThirdHigh[text[at + 2] >> 4]);
        }

        return found;
    }

    private static byte[] Table(Func<(string First, string Second, string Third), string> set, bool low)
    {
        var table = new byte[16];
        for (var group = 0; group < Groups.Length; group++)
        {
            foreach (var c in set(Groups[group]))
            {
                table[low ? c & 0x0F : c >> 4] |= (byte)(1 << group);
            }
        }

        // Two hyphens, and any byte behind them.
        var isThird = set(("1", "2", "3")) == "3";
        for (var half = 0; half < table.Length; half++)
        {
            if (isThird || half == (low ? '-' & 0x0F : '-' >> 4))
            {
                table[half] |= FlagBit;
            }
        }

        return table;
    }
}
