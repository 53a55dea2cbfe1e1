using System.Globalization;
using Trailgate.Events;

namespace Trailgate.Query;

/// <summary>
/// Times that count from now: <c>30m</c>, <c>2h</c>, <c>7d</c> ago (seconds, minutes, hours, days, weeks), <c>today</c> and
/// <c>yesterday</c> for their first moments in UTC.
/// </summary>
internal static class RelativeTime
{
    private const int MaxDigits = 5;

    public static bool TryParse(string text, DateTimeOffset now, out EventTime time)
    {
        time = default;
        var today = now.UtcDateTime.Date;
        DateTime? found = text.ToLowerInvariant() switch
        {
            "today" => today,
            "yesterday" => today.AddDays(-1),
            [.. var digits, var unit] when digits.Length is > 0 and <= MaxDigits && UnitOf(unit) is { } length
                && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) => now.UtcDateTime - (count * length),
            _ => null,
        };
        if (found is not { } known)
        {
            return false;
        }

        time = new EventTime(known.Ticks);
        return true;
    }

    private static TimeSpan? UnitOf(char unit) => unit switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        'w' => TimeSpan.FromDays(7),
        _ => null,
    };
}
