using Trailgate.Cli.Looking;

namespace Trailgate.Tests.Cli;

public sealed class TextTableTests
{
    [Fact]
    public void Cells_stand_under_their_titles_and_nothing_is_cut_without_a_terminal()
    {
        Assert.Equal(["a           long", "1           x", "1234567890  y"], Lines(width: null, ["a", "long"], ["1", "x"], ["1234567890", "y"]));
    }

    [Fact]
    public void The_longest_column_gives_way_to_the_width_of_the_terminal()
    {
        var lines = Lines(20, ["id", "message"], ["7", "a sentence that is far too long"]);

        Assert.All(lines, line => Assert.True(TextTable.WidthOf(line) <= 20, line));
        Assert.Equal("7   a sentence that…", lines[1]);
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("日本", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("👍", 2)]
    public void Letters_are_as_wide_as_a_terminal_shows_them(string text, int width) => Assert.Equal(width, TextTable.WidthOf(text));

    [Theory]
    [InlineData("plain äöü", "plain äöü")]
    [InlineData("\u001b[2J\u0007", "\\u001b[2J\\u0007")]
    [InlineData("a\u202Eb\u009bc\nd", "a\\u202eb\\u009bc\\u000ad")]
    public void What_a_terminal_would_obey_is_shown_by_its_number(string text, string safe) => Assert.Equal(safe, SafeText.Of(text));

    [Fact]
    public void Colours_are_for_terminals_alone()
    {
        Assert.Equal("text", new Terminal(TextWriter.Null, Width: null, HasColors: false).Paint("text", Color.Red));
        Assert.Equal("\u001b[31mtext\u001b[0m", new Terminal(TextWriter.Null, 80, HasColors: true).Paint("text", Color.Red));
    }

    private static string[] Lines(int? width, string[] titles, params string[][] rows)
    {
        var output = new StringWriter();
        var table = new TextTable(titles);
        foreach (var row in rows)
        {
            table.Add(row, Color.None);
        }

        table.Write(new Terminal(output, width, HasColors: false));
        return output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
