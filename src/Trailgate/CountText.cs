using System.Globalization;

namespace Trailgate;

/// <summary>Counts as people read them: <c>1 batch</c>, <c>2 batches</c>.</summary>
public static class CountText
{
    /// <summary>A number with its noun.</summary>
    /// <param name="number">How many there are.</param>
    /// <param name="one">The noun of one.</param>
    /// <param name="many">The noun of others; null where it ends in an s more.</param>
    public static string Of(long number, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : many ?? one + "s")}");
}
