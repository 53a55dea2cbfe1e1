using System.Text;
using FsCheck;

namespace Trailgate.Tests.Alerts.Channels;

/// <summary>Texts that try to be more than words.</summary>
internal static class HostileText
{
    /// <summary>Everything at once; each channel's test looks for what it must not become.</summary>
    public const string All =
        "<!channel> <!here|x> <@U012AB> <https://evil.example|click> [click](https://evil.example) @channel @here @everyone "
        + "*bold* _it_ ~s~ `code` > quote\r\nInjected: yes\u2028next\u2029para\0\u001b[31m\u202Eevil\u2066x\u2069 :siren: "
        + "{{DATE(2026-01-01T00:00:00Z,SHORT)}} ${env} @{body()} <at>Boss</at> <b>x</b> & &amp; &lt;!channel&gt; \"quoted\\\" \U0001F4A3\U0001F4A3 e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301";

    private static readonly string[] Pieces =
    [
        "<!channel>", "<!here>", "<@U1>", "<https://evil.example|x>", "@channel", "@everyone", "[a](https://evil.example)", "\r\n", "\n", "\u2028", "\0", "\u001b[2J",
        "\u202E", "\u2066", "\u200B", "\uFEFF", "\U000E0041", "{{DATE(x)}}", "{{TIME(x)}}", "${x}", "@{x}", "<at>x</at>", "&", "<", ">", "\"", "\\", "\U0001F4A3",
        "\uD83D", "\uDCA3", "\uE000", "\uFFFF", "\u0301\u0301\u0301\u0301\u0301\u0301", "ä", "漢", "a", " ", "'", "*", "_", "`", "#", "|", "%0d%0a", ";",
    ];

    /// <summary>Texts of up to 3,000 pieces.</summary>
    public static Arbitrary<string> Arbitrary { get; } = Arb.From(
        from length in Gen.Choose(0, 200)
        from times in Gen.Elements(1, 1, 1, 15)
        from pieces in Gen.ArrayOf(length, Gen.Elements(Pieces))
        select string.Concat(Enumerable.Repeat(string.Concat(pieces), times)));

    /// <summary>Whether every character of a text is one that stands where it is put and can be seen, or a space.</summary>
    public static bool IsOneCleanLine(string text) => text.EnumerateRunes().All(rune => Rune.GetUnicodeCategory(rune) is not (
        System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator
        or System.Globalization.UnicodeCategory.Surrogate or System.Globalization.UnicodeCategory.PrivateUse or System.Globalization.UnicodeCategory.OtherNotAssigned)
        // The word joiner that breaks calls is ours.
        && (Rune.GetUnicodeCategory(rune) != System.Globalization.UnicodeCategory.Format || rune.Value == 0x2060))
        && !HasLoneSurrogate(text);

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}
