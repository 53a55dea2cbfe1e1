using System.Diagnostics.CodeAnalysis;
using NCrontab;

namespace Trailgate.Archive;

/// <summary>
/// When archive runs start: an NCRONTAB expression as Azure Functions timers read it, in UTC. Five fields (minute, hour,
/// day, month, day of week) or six with seconds in front.
/// </summary>
/// <remarks>
/// NCrontab.Signed 3.3.2 keeps the second of the start when it goes on to a later minute (its issue 90, mended in 3.3.3,
/// which the registry does not have). So the library reads five fields only, which it does well, and the seconds are read
/// as if they were minutes and added here. What the library accepts and reads otherwise than it is written (a range that
/// runs backwards, a step of zero or longer than the field) is refused.
/// </remarks>
public sealed class ArchiveSchedule
{
    // The 29th of February on one certain day of the week: 40 years lie between two when a century has no leap day.
    private const int YearsAhead = 41;

    private static readonly string[] Months =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    private static readonly string[] Days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    private static readonly Field[] Fields =
    [
        new("second", 60, 0, []), new("minute", 60, 0, []), new("hour", 24, 0, []), new("day", 31, 1, []),
        new("month", 12, 1, Months), new("day of week", 7, 0, Days),
    ];

    private readonly CrontabSchedule _minutes;
    private readonly int[] _seconds;

    private ArchiveSchedule(CrontabSchedule minutes, int[] seconds)
    {
        _minutes = minutes;
        _seconds = seconds;
    }

    /// <summary>Reads an expression; on failure says what is wrong, without repeating all of it.</summary>
    public static bool TryParse(string? expression, [NotNullWhen(true)] out ArchiveSchedule? schedule, [NotNullWhen(false)] out string? error)
    {
        schedule = null;
        var fields = (expression ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (5 or 6))
        {
            error = $"a schedule has five or six fields, this has {fields.Length}.";
            return false;
        }

        for (var i = 0; i < fields.Length; i++)
        {
            if (Refuse(fields[i], Fields[i + Fields.Length - fields.Length]) is { } reason)
            {
                error = reason;
                return false;
            }
        }

        var minutes = CrontabSchedule.TryParse(string.Join(' ', fields[^5..]));
        var seconds = fields.Length == 5 ? [0] : ReadSeconds(fields[0]);
        if (minutes is null || seconds is null)
        {
            error = "this is no NCRONTAB expression; an example is '0 */5 * * * *', every five minutes.";
            return false;
        }

        schedule = new ArchiveSchedule(minutes, seconds);
        error = null;
        return true;
    }

    /// <summary>The first time after the given one; null when there is none within 41 years: there is no such day.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var start = after.UtcDateTime;
        var minute = new DateTime(start.Ticks - start.Ticks % TimeSpan.TicksPerMinute, DateTimeKind.Utc);
        if (NextMinute(minute.AddMinutes(-1), minute) == minute)
        {
            foreach (var second in _seconds)
            {
                if (minute.AddSeconds(second) > start)
                {
                    return new DateTimeOffset(minute.AddSeconds(second));
                }
            }
        }

        return NextMinute(minute, minute.AddYears(YearsAhead)) is { } next ? new DateTimeOffset(next.AddSeconds(_seconds[0])) : null;
    }

    /// <summary>The first matching minute after one, up to and with another; null for none.</summary>
    private DateTime? NextMinute(DateTime after, DateTime last)
    {
        // The library answers with the end when it finds nothing before it.
        var end = last.AddMinutes(1);
        var next = _minutes.GetNextOccurrence(after, end);
        return next < end ? DateTime.SpecifyKind(next, DateTimeKind.Utc) : null;
    }

    private static int[]? ReadSeconds(string field) =>
        CrontabSchedule.TryParse($"{field} * * * *") is { } hour
            ? [.. hour.GetNextOccurrences(DateTime.UnixEpoch.AddMinutes(-1), DateTime.UnixEpoch.AddHours(1)).Select(time => time.Minute)]
            : null;

    private static string? Refuse(string text, Field field)
    {
        foreach (var part in text.Split(','))
        {
            var slash = part.IndexOf('/', StringComparison.Ordinal);
            if (slash >= 0 && int.TryParse(part.AsSpan(slash + 1), out var step) && (step < 1 || step > field.Count))
            {
                return $"a step in the field '{field.Name}' must be 1 to {field.Count}.";
            }

            var ends = (slash < 0 ? part : part[..slash]).Split('-');
            if (ends.Length == 2 && field.Read(ends[0]) is { } first && field.Read(ends[1]) is { } last && first > last)
            {
                return $"a range in the field '{field.Name}' runs backwards; write it as two ranges, split by a comma.";
            }

            if (field.Names == Days && ends.Contains("7"))
            {
                return "a day of week is 0 to 6, and 0 is Sunday.";
            }
        }

        return null;
    }

    private sealed record Field(string Name, int Count, int First, string[] Names)
    {
        /// <summary>Null where the library finds the error.</summary>
        public int? Read(string text)
        {
            if (int.TryParse(text, out var number))
            {
                return number;
            }

            var index = text.Length < 3 ? -1 : Array.FindIndex(Names, name => name.StartsWith(text, StringComparison.OrdinalIgnoreCase));
            return index < 0 ? null : First + index;
        }
    }
}
