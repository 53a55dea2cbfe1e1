namespace Trailgate.Normalize;

/// <summary>Redacts a text that is no JSON (a broken line, a cut-off body): what <see cref="SecretScan"/> finds in it.</summary>
internal static class TextRedactor
{
    /// <summary>Appends the text with its secrets replaced. True when there was one.</summary>
    public static bool Redact(ReadOnlySpan<byte> text, NameTraits traits, RedactionSettings settings, ByteBuffer output)
    {
        var plain = WithoutNeedlessEscapes(text);
        var found = false;
        var written = 0;
        var scan = new SecretScan(plain, traits, settings);
        while (scan.Next(out var start, out var length))
        {
            found = true;
            output.Append(plain[written..start]);
            output.Append(Redactions.Replacement);
            written = start + length;
        }

        output.Append(plain[written..]);
        return found;
    }

    /// <summary>Broken JSON can not be unescaped, but letters, digits and the like written as \u0070 would hide a name.</summary>
    public static ReadOnlySpan<byte> WithoutNeedlessEscapes(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf("\\u00"u8) < 0)
        {
            return text;
        }

        var plain = new ByteBuffer(text.Length);
        while (true)
        {
            var next = text.IndexOf("\\u00"u8);
            if (next < 0 || next + 6 > text.Length)
            {
                plain.Append(text);
                return plain.Written;
            }

            var isHex = System.Buffers.Text.Utf8Parser.TryParse(text.Slice(next + 4, 2), out byte value, out var used, 'x') && used == 2;
            if (isHex && value is > 0x20 and < 0x7F and not ((byte)'"' or (byte)'\\' or (byte)'\''))
            {
                plain.Append(text[..next].TrimEnd((byte)'\\'));
                plain.Append(value);
            }
            else
            {
                plain.Append(text[..(next + 6)]);
            }

            text = text[(next + 6)..];
        }
    }
}
