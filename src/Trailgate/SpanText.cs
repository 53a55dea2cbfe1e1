using System.Globalization;

namespace Trailgate;

/// <summary>Time spans as people write them, such as <c>00:05:00</c>, or <c>1.06:00:00</c> for a day and six hours.</summary>
public static class SpanText
{
    /// <summary>How one is written, for people.</summary>
    public const string Rule = "hours:minutes:seconds such as 01:30:00, or with days before it such as 1.06:00:00";

    // The framework's own reading takes "5" for five days, and "25:00:00" for twenty-five.
    private static readonly string[] Formats = [@"h\:mm\:ss", @"d\.hh\:mm\:ss"];

    /// <summary>Reads one. False when it is written in any other way; a sign is, too.</summary>
    public static bool TryRead(string text, out TimeSpan span) =>
        TimeSpan.TryParseExact(text, Formats, CultureInfo.InvariantCulture, out span);
}
