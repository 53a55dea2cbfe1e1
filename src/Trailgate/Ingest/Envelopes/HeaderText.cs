using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Trailgate.Ingest.Envelopes;

/// <summary>The encoding of CloudEvents attributes in header values (HTTP binding, section 3.1.3.2).</summary>
internal static class HeaderText
{
    /// <summary>
    /// Unwraps a quoted value, then decodes percent signs once. False when what comes out is not UTF-8, or a raw character
    /// stands there that no header may have.
    /// </summary>
    public static bool TryDecode(string header, out byte[] text)
    {
        text = [];
        var value = header is ['"', .. var quoted, '"'] ? Unwrap(quoted) : header;
        var bytes = new byte[value.Length];
        var length = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is > '~' or < ' ')
            {
                return false;
            }

            if (value[i] != '%')
            {
                bytes[length++] = (byte)value[i];
                continue;
            }

            if (i + 2 >= value.Length || !char.IsAsciiHexDigit(value[i + 1]) || !char.IsAsciiHexDigit(value[i + 2]))
            {
                return false;
            }

            bytes[length++] = byte.Parse(value.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            i += 2;
        }

        text = bytes[..length];
        return Utf8.IsValid(text);
    }

    private static string Unwrap(string quoted)
    {
        var value = new StringBuilder(quoted.Length);
        for (var i = 0; i < quoted.Length; i++)
        {
            value.Append(quoted[i] == '\\' && i + 1 < quoted.Length ? quoted[++i] : quoted[i]);
        }

        return value.ToString();
    }
}
