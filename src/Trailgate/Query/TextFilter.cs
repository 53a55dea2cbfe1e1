using System.Text;

namespace Trailgate.Query;

/// <summary>A text that must occur somewhere; ASCII letters in either case, all else to the letter.</summary>
public sealed class TextFilter
{
    private readonly byte[] _folded;
    private readonly byte _upper;

    /// <summary>A filter for a text of at least one character.</summary>
    public TextFilter(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    internal TextFilter(ReadOnlySpan<byte> text)
    {
        _folded = text.ToArray();
        for (var i = 0; i < _folded.Length; i++)
        {
            _folded[i] = Fold(_folded[i]);
        }

        _upper = (byte)(_folded[0] is >= (byte)'a' and <= (byte)'z' ? _folded[0] & ~0x20 : _folded[0]);
    }

    /// <summary>Whether the text occurs in some UTF-8.</summary>
    public bool OccursIn(ReadOnlySpan<byte> utf8)
    {
        while (utf8.IndexOfAny(_folded[0], _upper) is var at and >= 0 && utf8.Length - at >= _folded.Length)
        {
            if (BeginsWith(utf8[at..]))
            {
                return true;
            }

            utf8 = utf8[(at + 1)..];
        }

        return false;
    }

    private bool BeginsWith(ReadOnlySpan<byte> utf8)
    {
        for (var i = 1; i < _folded.Length; i++)
        {
            if (Fold(utf8[i]) != _folded[i])
            {
                return false;
            }
        }

        return true;
    }

    private static byte Fold(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
}
