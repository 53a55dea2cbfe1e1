using System.Buffers;
using System.Buffers.Text;

namespace Trailgate.Normalize;

/// <summary>
/// Texts that hold JSON in Base64, as Kubernetes and many APIs carry configurations: of either alphabet (RFC 4648, sections
/// 4 and 5), padded or not, in one line or wrapped. The first two characters give an object or array away, so that other
/// texts cost next to nothing.
/// </summary>
internal static class Base64Json
{
    private const int MinLength = 11;

    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_= \t\r\n"u8);

    /// <summary>Whether a text begins like the Base64 of <c>{</c> or <c>[</c>, or of white space or a byte order mark before it.</summary>
    public static bool MayBe(ReadOnlySpan<byte> text)
    {
        if (text.Length < MinLength)
        {
            return false;
        }

        var second = text[1];
        return text[0] switch
        {
            // A bracket, and behind it a quote, white space or another bracket, which is all that may follow.
            (byte)'e' => second is (byte)'y' or (byte)'w',
            (byte)'W' => second is (byte)'y' or (byte)'w' or (byte)'1' or (byte)'3',
            // White space, and behind it more of it, a bracket or a quote, which is all that may follow.
            (byte)'I' => second is (byte)'A' or (byte)'C' or (byte)'F' or (byte)'H',
            (byte)'C' => second is (byte)'Q' or (byte)'S' or (byte)'V' or (byte)'X' or (byte)'g' or (byte)'i' or (byte)'l' or (byte)'n',
            (byte)'D' => second is (byte)'Q' or (byte)'S' or (byte)'V' or (byte)'X',
            (byte)'7' => second == '7' && text[2] == 'u',
            (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t' => MayBe(text.TrimStart(" \t\r\n"u8)),
            _ => false,
        };
    }

    /// <summary>What the text holds, or null when it is no Base64.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        if (text.ContainsAnyExcept(Alphabet))
        {
            return null;
        }

        var digits = new byte[text.Length + 3];
        var count = 0;
        foreach (var value in text)
        {
            switch (value)
            {
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'=': break;
                case (byte)'-': digits[count++] = (byte)'+'; break;
                case (byte)'_': digits[count++] = (byte)'/'; break;
                default: digits[count++] = value; break;
            }
        }

        // One digit alone is less than a byte: what is left of a text that was cut.
        count -= count % 4 == 1 ? 1 : 0;
        while (count % 4 != 0)
        {
            digits[count++] = (byte)'=';
        }

        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(count)];
        return Base64.DecodeFromUtf8(digits.AsSpan(0, count), bytes, out _, out var written) == OperationStatus.Done ? bytes[..written] : null;
    }

    /// <summary>Appends bytes in Base64, in the alphabet and with or without padding as the text that they replace.</summary>
    public static void Append(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> original, ByteBuffer output)
    {
        var start = output.Length;
        Base64.EncodeToUtf8(bytes, output.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
        var isUrlSafe = original.ContainsAny((byte)'-', (byte)'_');
        var digits = output.GetSpan(written)[..written];
        if (isUrlSafe)
        {
            digits.Replace((byte)'+', (byte)'-');
            digits.Replace((byte)'/', (byte)'_');
        }

        output.Advance(written);
        var isPadded = original.Contains((byte)'=') || original.TrimEnd(" \t\r\n"u8).Length % 4 == 0;
        if (!isPadded)
        {
            output.Truncate(start + digits.TrimEnd((byte)'=').Length);
        }
    }
}
