using System.Globalization;
using System.Text;

namespace Trailgate.Cli.Looking;

/// <summary>Lines of cells under each other. What does not fit the terminal is cut, the longest columns first.</summary>
internal sealed class TextTable(IReadOnlyList<string> titles)
{
    private const int MinWidth = 8;
    private const string Gap = "  ";
    private const char Cut = '…';

    private readonly List<(IReadOnlyList<string> Cells, Color Color)> _rows = [];

    /// <summary>Adds a line; its cells are made safe for a terminal.</summary>
    public void Add(IEnumerable<string> cells, Color color) => _rows.Add(([.. cells.Select(SafeText.Of)], color));

    /// <summary>Writes the titles and all lines; without a terminal nothing is cut.</summary>
    public void Write(Terminal terminal)
    {
        var widths = titles.Select((title, column) => _rows.Select(row => WidthOf(row.Cells[column])).Append(WidthOf(title)).Max()).ToArray();
        if (terminal.Width is { } room)
        {
            Shrink(widths, room - (Gap.Length * (widths.Length - 1)));
        }

        terminal.Output.WriteLine(terminal.Paint(Line(titles, widths), Color.Bold));
        foreach (var (cells, color) in _rows)
        {
            terminal.Output.WriteLine(terminal.Paint(Line(cells, widths), color));
        }
    }

    /// <summary>How many columns of a terminal a text takes: letters of East Asia take two, and marks on letters none.</summary>
    public static int WidthOf(string text) => text.EnumerateRunes().Sum(WidthOf);

    private static void Shrink(int[] widths, int room)
    {
        while (widths.Sum() > room && Array.IndexOf(widths, widths.Max()) is var longest && widths[longest] > MinWidth)
        {
            widths[longest]--;
        }
    }

    private static string Line(IReadOnlyList<string> cells, int[] widths)
    {
        var line = new StringBuilder();
        for (var column = 0; column < widths.Length; column++)
        {
            var cell = Fit(cells[column], widths[column]);
            line.Append(cell);
            if (column < widths.Length - 1)
            {
                line.Append(' ', widths[column] - WidthOf(cell)).Append(Gap);
            }
        }

        return line.ToString().TrimEnd();
    }

    private static string Fit(string text, int width)
    {
        if (WidthOf(text) <= width)
        {
            return text;
        }

        var kept = new StringBuilder();
        var room = width - 1;
        foreach (var rune in text.EnumerateRunes())
        {
            room -= WidthOf(rune);
            if (room < 0)
            {
                break;
            }

            kept.Append(rune);
        }

        return kept.Append(Cut).ToString();
    }

    private static int WidthOf(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? 0
        : rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD) ? 2
        : 1;
}
