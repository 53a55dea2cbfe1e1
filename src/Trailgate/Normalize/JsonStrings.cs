using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Trailgate.Normalize;

/// <summary>
/// The content of JSON strings (RFC 8259, section 7), between the quotes. Stored events escape as little as the grammar
/// allows, so that one text has one form whichever way its sender escaped it.
/// </summary>
internal static class JsonStrings
{
    private static readonly SearchValues<byte> NeedsEscape = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    /// <summary>
    /// Appends a valid string content in the least-escaped form. Half a surrogate pair has no UTF-8 form and keeps its
    /// escape.
    /// </summary>
    public static void AppendCanonical(ReadOnlySpan<byte> content, ByteBuffer output)
    {
        while (true)
        {
            var escape = content.IndexOf((byte)'\\');
            if (escape < 0)
            {
                output.Append(content);
                return;
            }

            output.Append(content[..escape]);
            content = content[ReadEscape(content, escape, out var rune, out var half)..];
            if (half >= 0)
            {
                AppendUnicodeEscape(half, output);
            }
            else
            {
                AppendEscaped(rune, output);
            }
        }
    }

    /// <summary>Appends a text as string content, escaping what must be escaped.</summary>
    public static void AppendEscaped(ReadOnlySpan<byte> text, ByteBuffer output)
    {
        while (true)
        {
            var next = text.IndexOfAny(NeedsEscape);
            if (next < 0)
            {
                output.Append(text);
                return;
            }

            output.Append(text[..next]);
            AppendEscaped(new Rune(text[next]), output);
            text = text[(next + 1)..];
        }
    }

    /// <summary>Appends the text that a valid string content stands for; half a surrogate pair becomes U+FFFD.</summary>
    public static void AppendUnescaped(ReadOnlySpan<byte> content, ByteBuffer output)
    {
        while (true)
        {
            var escape = content.IndexOf((byte)'\\');
            if (escape < 0)
            {
                output.Append(content);
                return;
            }

            output.Append(content[..escape]);
            content = content[ReadEscape(content, escape, out var rune, out var half)..];
            AppendRune(half >= 0 ? Rune.ReplacementChar : rune, output);
        }
    }

    /// <summary>The text of a JSON value that is a string; empty when it is none. An escape may stand for any character.</summary>
    public static ReadOnlySpan<byte> TextOf(ReadOnlySpan<byte> json)
    {
        if (json is not [(byte)'"', .. var content, (byte)'"'])
        {
            return [];
        }

        if (!content.Contains((byte)'\\'))
        {
            return content;
        }

        var text = new ByteBuffer(content.Length);
        AppendUnescaped(content, text);
        return text.Written;
    }

    /// <summary>
    /// The longest begin of a canonical string content that has at most <paramref name="maxBytes"/> bytes and splits
    /// neither a character nor an escape.
    /// </summary>
    public static int CutAt(ReadOnlySpan<byte> content, int maxBytes)
    {
        if (content.Length <= maxBytes)
        {
            return content.Length;
        }

        var end = Math.Max(maxBytes, 0);
        while (end > 0 && (content[end] & 0xC0) == 0x80)
        {
            end--;
        }

        // An escape is 2 or 6 bytes long; whether a backslash begins one shows only from the left, over the run before it.
        for (var start = Math.Max(0, end - 5); start < end; start++)
        {
            if (content[start] != '\\' || !BeginsEscape(content, start))
            {
                continue;
            }

            var length = content[start + 1] == 'u' ? 6 : 2;
            if (start + length > end)
            {
                return start;
            }

            start += length - 1;
        }

        return end;
    }

    private static bool BeginsEscape(ReadOnlySpan<byte> content, int backslash)
    {
        var before = backslash;
        while (before > 0 && content[before - 1] == '\\')
        {
            before--;
        }

        return (backslash - before) % 2 == 0;
    }

    private static int ReadEscape(ReadOnlySpan<byte> content, int at, out Rune rune, out int half)
    {
        half = -1;
        rune = default;
        switch (content[at + 1])
        {
            case (byte)'b': rune = new Rune('\b'); return at + 2;
            case (byte)'f': rune = new Rune('\f'); return at + 2;
            case (byte)'n': rune = new Rune('\n'); return at + 2;
            case (byte)'r': rune = new Rune('\r'); return at + 2;
            case (byte)'t': rune = new Rune('\t'); return at + 2;
            case (byte)'u': break;
            default: rune = new Rune(content[at + 1]); return at + 2;
        }

        var unit = ReadUnit(content, at);
        if (!char.IsSurrogate((char)unit))
        {
            rune = new Rune((char)unit);
            return at + 6;
        }

        if (char.IsHighSurrogate((char)unit) && content.Length >= at + 12 && content[at + 6] == '\\' && content[at + 7] == 'u'
            && Rune.TryCreate((char)unit, (char)ReadUnit(content, at + 6), out rune))
        {
            return at + 12;
        }

        half = unit;
        return at + 6;
    }

    private static int ReadUnit(ReadOnlySpan<byte> content, int at) =>
        Utf8Parser.TryParse(content.Slice(at + 2, 4), out ushort unit, out _, 'x') ? unit : 0xFFFD;

    private static void AppendEscaped(Rune rune, ByteBuffer output)
    {
        switch (rune.Value)
        {
            case '"': output.Append("\\\""u8); break;
            case '\\': output.Append("\\\\"u8); break;
            case '\b': output.Append("\\b"u8); break;
            case '\f': output.Append("\\f"u8); break;
            case '\n': output.Append("\\n"u8); break;
            case '\r': output.Append("\\r"u8); break;
            case '\t': output.Append("\\t"u8); break;
            case < 0x20: AppendUnicodeEscape(rune.Value, output); break;
            default: AppendRune(rune, output); break;
        }
    }

    private static void AppendRune(Rune rune, ByteBuffer output) => output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));

    private static void AppendUnicodeEscape(int unit, ByteBuffer output)
    {
        var span = output.GetSpan(6);
        "\\u"u8.CopyTo(span);
        Utf8Formatter.TryFormat((uint)unit, span[2..], out _, new StandardFormat('x', 4));
        output.Advance(6);
    }
}
