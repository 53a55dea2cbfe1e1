using System.Buffers;

namespace Trailgate.Normalize;

/// <summary>
/// Redacts a text that is no JSON (a broken line, a cut-off body): secrets by shape, and what follows a secret's name
/// and a colon or an equals sign.
/// </summary>
internal static class TextRedactor
{
    private static readonly SearchValues<byte> Assignment = SearchValues.Create(":="u8);
    private static readonly SearchValues<byte> EndOfBareValue = SearchValues.Create(" \t\r\n,;&}])\"'"u8);

    /// <summary>Appends the text with its secrets replaced. True when there was one.</summary>
    public static bool Redact(ReadOnlySpan<byte> text, NameTraits traits, RedactionSettings settings, ByteBuffer output)
    {
        var named = new ByteBuffer(text.Length + 64);
        var found = RedactNamed(text, traits, settings, named);
        return RedactShapes(named.Written, settings, output) || found;
    }

    private static bool RedactShapes(ReadOnlySpan<byte> text, RedactionSettings settings, ByteBuffer output)
    {
        var found = false;
        while (settings.Shapes && SecretShapes.TryFind(text, out var start, out var length))
        {
            found = true;
            output.Append(text[..start]);
            output.Append(Redactions.Replacement);
            text = text[(start + length)..];
        }

        output.Append(text);
        return found;
    }

    private static bool RedactNamed(ReadOnlySpan<byte> text, NameTraits traits, RedactionSettings settings, ByteBuffer output)
    {
        var found = false;
        while (settings.Names)
        {
            var sign = text.IndexOfAny(Assignment);
            if (sign < 0)
            {
                break;
            }

            var name = NameBefore(text[..sign]);
            output.Append(text[..(sign + 1)]);
            text = text[(sign + 1)..];
            if (name.IsEmpty || !traits.IsSecret(name))
            {
                continue;
            }

            var (start, length) = ValueAt(text);
            if (length > 0)
            {
                found = true;
                output.Append(text[..start]);
                output.Append(Redactions.Replacement);
                text = text[(start + length)..];
            }
        }

        output.Append(text);
        return found;
    }

    private static ReadOnlySpan<byte> NameBefore(ReadOnlySpan<byte> text)
    {
        text = text.TrimEnd(" \t\"'\\"u8);
        var start = text.Length;
        while (start > 0 && text.Length - start < 64 && (char.IsAsciiLetterOrDigit((char)text[start - 1]) || text[start - 1] is (byte)'_' or (byte)'-' or (byte)'.'))
        {
            start--;
        }

        return text[start..];
    }

    private static (int Start, int Length) ValueAt(ReadOnlySpan<byte> text)
    {
        var start = text.Length - text.TrimStart(" \t\\"u8).Length;
        if (start < text.Length && text[start] is (byte)'"' or (byte)'\'')
        {
            return (start + 1, QuotedLength(text[(start + 1)..], text[start], quoteIsEscaped: start > 0 && text[start - 1] == '\\'));
        }

        var bare = text[start..].IndexOfAny(EndOfBareValue);
        return (start, bare < 0 ? text.Length - start : bare);
    }

    // A quote that is itself escaped (JSON inside a JSON string) ends at the next escaped one.
    private static int QuotedLength(ReadOnlySpan<byte> text, byte quote, bool quoteIsEscaped)
    {
        for (var end = 0; end < text.Length; end++)
        {
            if (text[end] == quote)
            {
                return end;
            }

            if (text[end] == '\\')
            {
                if (quoteIsEscaped && end + 1 < text.Length && text[end + 1] == quote)
                {
                    return end;
                }

                end++;
            }
        }

        return text.Length;
    }
}
