using System.Globalization;
using System.Text;

namespace Trailgate.Alerts.Channels;

/// <summary>
/// Makes text of events fit for one line on a screen. Who sends an event chooses its texts, so none of them may end a line,
/// turn the direction of what stands beside it, hide anything, or call everybody.
/// </summary>
internal static class PlainText
{
    private const char Ellipsis = '…';

    // More marks on one letter than any language has are only there to paint over the lines around.
    private const int MaxMarks = 4;

    // Breaks what a chat would take as a call to all of its members; invisible, and not within addresses of mail.
    private const char WordJoiner = '\u2060';

    private static readonly string[] Calls = ["channel", "here", "everyone", "group", "all", "team"];

    /// <summary>The text in one line, at most so many UTF-16 units long, cut between characters.</summary>
    public static string Line(string? text, int maxLength) => Cut(Clean(text), maxLength);

    /// <summary>Escapes each character of a clean line and cuts so that the escaped text keeps to a length.</summary>
    /// <param name="line">What <see cref="Line"/> gave.</param>
    /// <param name="escape">The text of one character as the channel wants it.</param>
    /// <param name="maxLength">In UTF-16 units, after escaping.</param>
    public static string Escape(string line, Func<Rune, string> escape, int maxLength)
    {
        var built = new StringBuilder(Math.Min(line.Length + 16, maxLength));
        // Where the last character ended behind which an ellipsis still fits: never within an escape.
        var room = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            var escaped = escape(rune);
            if (built.Length + escaped.Length > maxLength)
            {
                built.Length = room;
                return built.Append(Ellipsis).ToString();
            }

            built.Append(escaped);
            room = built.Length + 1 <= maxLength ? built.Length : room;
        }

        return built.ToString();
    }

    private static string Clean(string? text)
    {
        var built = new StringBuilder(text?.Length ?? 0);
        var marks = 0;
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            marks = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? marks + 1 : 0;
            switch (category)
            {
                case UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator:
                    // One space for any run of them.
                    if (built.Length > 0 && built[^1] != ' ')
                    {
                        built.Append(' ');
                    }

                    break;
                // Format characters turn directions, join, split or hide; one does not see them, so one does not miss them.
                case UnicodeCategory.Format:
                    break;
                case UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned:
                    built.Append('\uFFFD');
                    break;
                default:
                    if (marks <= MaxMarks)
                    {
                        built.Append(rune.ToString());
                    }

                    break;
            }
        }

        return BreakCalls(built.ToString().TrimEnd());
    }

    private static string BreakCalls(string line)
    {
        for (var at = line.IndexOf('@', StringComparison.Ordinal); at >= 0; at = line.IndexOf('@', at + 1))
        {
            if (Calls.Any(call => string.Compare(line, at + 1, call, 0, call.Length, StringComparison.OrdinalIgnoreCase) == 0)
                && (at == 0 || !char.IsAsciiLetterOrDigit(line[at - 1])))
            {
                line = line.Insert(at + 1, WordJoiner.ToString());
            }
        }

        return line;
    }

    private static string Cut(string line, int maxLength)
    {
        if (line.Length <= maxLength)
        {
            return line;
        }

        var end = maxLength - 1;
        return $"{line.AsSpan(0, char.IsHighSurrogate(line[end - 1]) ? end - 1 : end)}{Ellipsis}";
    }
}
