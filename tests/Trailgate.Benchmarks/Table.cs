using System.Globalization;

namespace Trailgate.Benchmarks;

/// <summary>Columns of text on the console, each row printed when it is known: the first column to the left, numbers to the right.</summary>
internal sealed class Table(params (string Title, int Width)[] columns)
{
    public void WriteTitles() => Write([.. columns.Select(column => (object)column.Title)]);

    public void Write(params object?[] cells) =>
        Console.WriteLine(string.Join("  ", cells.Zip(columns, (cell, column) =>
            column.Width < 0 ? Text(cell).PadRight(-column.Width) : Text(cell).PadLeft(column.Width))).TrimEnd());

    /// <summary>Milliseconds with the digits that are worth reading.</summary>
    public static string Milliseconds(TimeSpan time) =>
        time.TotalMilliseconds.ToString(time.TotalMilliseconds < 100 ? "F2" : "F0", CultureInfo.InvariantCulture);

    private static string Text(object? cell) => cell switch
    {
        double number => number.ToString("N0", CultureInfo.InvariantCulture),
        long number => number.ToString("N0", CultureInfo.InvariantCulture),
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "",
    };
}
