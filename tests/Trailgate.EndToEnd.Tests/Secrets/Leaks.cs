using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Trailgate.EndToEnd.Tests.Secrets;

/// <summary>
/// Looks for planted secrets in whatever was written somewhere: plainly, behind JSON's escapes, behind percent signs and
/// in Base64 of both alphabets and any alignment, in gzip, and in all of these within one another.
/// </summary>
internal static partial class Leaks
{
    private const int MaxNesting = 6;

    /// <summary>The text around the first secret found, or null.</summary>
    public static string? Find(byte[] bytes) => bytes is [0x1F, 0x8B, ..] ? Find(Inflate(bytes)) : Find(Encoding.Latin1.GetString(bytes));

    /// <summary>The text around the first secret found, or null.</summary>
    public static string? Find(string text) => Find(text, MaxNesting);

    private static string? Find(string text, int nesting)
    {
        foreach (var form in Forms(text).Distinct(StringComparer.Ordinal))
        {
            if (form.IndexOf(Plants.Mark, StringComparison.OrdinalIgnoreCase) is var at and >= 0)
            {
                return form[Math.Max(0, at - 160)..Math.Min(form.Length, at + 40)];
            }

            if (nesting > 0 && FindInBase64(form, nesting) is { } leak)
            {
                return $"in Base64: {leak}";
            }
        }

        return null;
    }

    private static IEnumerable<string> Forms(string text)
    {
        yield return text;
        yield return Unpercent(text);
        for (var i = 0; i < MaxNesting && text.Contains('\\', StringComparison.Ordinal); i++)
        {
            text = Unescape(text);
            yield return text;
        }

        yield return text.Replace("\\", "", StringComparison.Ordinal);
    }

    private static string? FindInBase64(string text, int nesting)
    {
        foreach (Match run in Base64Run().Matches(text))
        {
            for (var skip = 0; skip < 4; skip++)
            {
                var digits = run.Value[skip..].Replace('-', '+').Replace('_', '/');
                digits = digits[..(digits.Length / 4 * 4)];
                var decoded = Encoding.Latin1.GetString(Convert.FromBase64String(digits));
                // What is no text holds no text of secrets, and would be decoded for ever.
                if (decoded.Contains(Plants.Mark, StringComparison.OrdinalIgnoreCase) || LooksLikeText(decoded))
                {
                    if (Find(decoded, nesting - 1) is { } leak)
                    {
                        return leak;
                    }
                }
            }
        }

        return null;
    }

    private static bool LooksLikeText(string decoded) => decoded.Count(c => c is < ' ' or > '~') <= decoded.Length / 8;

    private static string Unescape(string text) =>
        Escape().Replace(text, match => match.Groups["unit"].Success
            ? ((char)Convert.ToInt32(match.Groups["unit"].Value, 16)).ToString()
            : match.Groups["other"].Value is "n" or "r" or "t" ? "\n" : match.Groups["other"].Value);

    private static string Unpercent(string text) => text.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(text) : text;

    private static byte[] Inflate(byte[] bytes)
    {
        using var inflated = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        gzip.CopyTo(inflated);
        return inflated.ToArray();
    }

    [GeneratedRegex(@"\\(u(?<unit>[0-9A-Fa-f]{4})|(?<other>.))", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Escape();

    [GeneratedRegex("[A-Za-z0-9+/_-]{12,}", RegexOptions.NonBacktracking)]
    private static partial Regex Base64Run();
}
