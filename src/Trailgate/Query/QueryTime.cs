using System.Globalization;
using Trailgate.Events;

namespace Trailgate.Query;

/// <summary>
/// Times as queries write them: RFC 3339 with any offset and up to nine fraction digits, a date alone for its first moment
/// in UTC, or what <see cref="RelativeTime"/> reads. A blank where the sign of the offset belongs is a plus that was not
/// written as %2B: nothing else could have been meant.
/// </summary>
internal static class QueryTime
{
    /// <summary>What such a time is, for people.</summary>
    public const string Rule = "a time by RFC 3339, such as 2026-11-22T05:54:00Z or 2026-11-22T06:54:00.5+01:00 (in an address write + as %2B), a date such as 2026-11-22 for its first moment in UTC, or counted from now: 30m, 2h, 7d, today, yesterday";

    private const int SecondsLength = 19; // yyyy-MM-ddTHH:mm:ss

    /// <summary>Reads one; those that count from now count from the time that is given.</summary>
    public static bool TryParse(string text, DateTimeOffset now, out EventTime time) =>
        TryParse(text, out time) || RelativeTime.TryParse(text, now, out time);

    private static bool TryParse(ReadOnlySpan<char> text, out EventTime time)
    {
        time = default;
        if (text.Length == 10)
        {
            return TryParseSeconds($"{text}T00:00:00", out time);
        }

        if (text.Length <= SecondsLength || !TryParseSeconds(text[..SecondsLength], out var seconds))
        {
            return false;
        }

        var rest = text[SecondsLength..];
        return TryTakeFraction(ref rest, out var nanoseconds)
            && TryParseOffset(rest, out var offset)
            && TryShift(seconds.Ticks + nanoseconds / 100 - offset.Ticks, (byte)(nanoseconds % 100), out time);
    }

    private static bool TryParseSeconds(ReadOnlySpan<char> text, out EventTime time)
    {
        time = default;
        Span<char> upper = stackalloc char[SecondsLength];
        text.ToUpperInvariant(upper);
        if (!DateTime.TryParseExact(upper, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var seconds))
        {
            return false;
        }

        time = new EventTime(seconds.Ticks);
        return true;
    }

    private static bool TryTakeFraction(ref ReadOnlySpan<char> rest, out int nanoseconds)
    {
        nanoseconds = 0;
        if (rest.Length == 0 || rest[0] != '.')
        {
            return true;
        }

        var digits = 0;
        rest = rest[1..];
        for (var scale = 100_000_000; digits < rest.Length && char.IsAsciiDigit(rest[digits]); digits++, scale /= 10)
        {
            nanoseconds += (rest[digits] - '0') * scale;
        }

        rest = rest[digits..];
        return digits is >= 1 and <= 9;
    }

    private static bool TryParseOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (text is "Z" or "z")
        {
            return true;
        }

        if (text.Length != 6 || text[0] is not ('+' or '-' or ' ')
            || !TimeSpan.TryParseExact(text[1..], @"hh\:mm", CultureInfo.InvariantCulture, out offset))
        {
            return false;
        }

        offset = text[0] == '-' ? -offset : offset;
        return true;
    }

    private static bool TryShift(long ticks, byte nanoseconds, out EventTime time)
    {
        time = default;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        time = new EventTime(ticks, nanoseconds);
        return true;
    }
}
