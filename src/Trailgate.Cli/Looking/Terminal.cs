namespace Trailgate.Cli.Looking;

/// <summary>Where a command writes for people, or for the next program.</summary>
/// <param name="Output">The writer.</param>
/// <param name="Width">Columns of the terminal; null when what is written goes elsewhere.</param>
/// <param name="HasColors">Whether colours are wanted there.</param>
internal sealed record Terminal(TextWriter Output, int? Width, bool HasColors)
{
    private const int UsualWidth = 80;

    /// <summary>What a writer leads to.</summary>
    public static Terminal Of(TextWriter output)
    {
        var isStandard = ReferenceEquals(output, Console.Out);
        if (!isStandard || Console.IsOutputRedirected)
        {
            return new Terminal((isStandard ? PipedOutput.Open() : null) ?? output, Width: null, HasColors: false);
        }

        // See no-color.org.
        var plain = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") == "dumb";
        return new Terminal(output, Console.WindowWidth > 0 ? Console.WindowWidth : UsualWidth, HasColors: !plain);
    }

    /// <summary>A text in a colour, where there are colours.</summary>
    public string Paint(string text, Color color) => HasColors && color != Color.None ? $"\x1b[{(int)color}m{text}\x1b[0m" : text;
}

/// <summary>Colours, by their numbers in control sequences.</summary>
internal enum Color
{
    None = 0,
    Bold = 1,
    Dim = 2,
    Red = 31,
    Yellow = 33,
}
