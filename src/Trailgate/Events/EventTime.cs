namespace Trailgate.Events;

/// <summary>
/// When an event happened: UTC, to the nanosecond. Sources write up to nine fraction digits (container logs do), and a
/// <see cref="DateTime"/> would lose the last two.
/// </summary>
/// <param name="Ticks">100-nanosecond ticks since 0001-01-01T00:00:00Z, as <see cref="DateTime.Ticks"/>.</param>
/// <param name="Nanoseconds">What is left over beyond a tick: 0 to 99.</param>
public readonly record struct EventTime(long Ticks, byte Nanoseconds = 0) : IComparable<EventTime>
{
    /// <summary>Longest text form, in bytes: nine fraction digits.</summary>
    public const int MaxTextLength = 30;

    /// <summary>The start of the hour that this time lies in; segments are cut by it.</summary>
    public DateTime Hour => new(Ticks - Ticks % TimeSpan.TicksPerHour, DateTimeKind.Utc);

    /// <summary>The first moment of a day, given as its midnight.</summary>
    public static EventTime FirstOf(DateTime day) => new(day.Ticks);

    /// <summary>The last moment of a day, given as its midnight.</summary>
    public static EventTime LastOf(DateTime day) => new(day.Ticks + TimeSpan.TicksPerDay - 1, 99);

    /// <summary>This time as a <see cref="DateTimeOffset"/>, cut to 100 nanoseconds.</summary>
    public DateTimeOffset ToDateTimeOffset() => new(Ticks, TimeSpan.Zero);

    /// <summary>The time that a <see cref="DateTimeOffset"/> stands for.</summary>
    public static EventTime From(DateTimeOffset time) => new(time.UtcTicks);

    /// <summary>
    /// Writes RFC 3339 in UTC with three, six, seven or nine fraction digits: as few of them as lose nothing, at least three.
    /// </summary>
    /// <returns>The number of bytes written, at most <see cref="MaxTextLength"/>.</returns>
    public int WriteText(Span<byte> destination)
    {
        var fraction = (int)(Ticks % TimeSpan.TicksPerSecond) * 100 + Nanoseconds;
        var digits = fraction % 1_000_000 == 0 ? 3 : fraction % 1_000 == 0 ? 6 : fraction % 100 == 0 ? 7 : 9;
        new DateTime(Ticks, DateTimeKind.Utc).Deconstruct(out DateOnly date, out TimeOnly time);
        // By hand: every event needs it, and a format string costs five times as much.
        WriteDigits(destination, date.Year, 4);
        destination[4] = (byte)'-';
        WriteDigits(destination[5..], date.Month, 2);
        destination[7] = (byte)'-';
        WriteDigits(destination[8..], date.Day, 2);
        destination[10] = (byte)'T';
        WriteDigits(destination[11..], time.Hour, 2);
        destination[13] = (byte)':';
        WriteDigits(destination[14..], time.Minute, 2);
        destination[16] = (byte)':';
        WriteDigits(destination[17..], time.Second, 2);
        destination[19] = (byte)'.';
        WriteDigits(destination[20..], digits switch { 3 => fraction / 1_000_000, 6 => fraction / 1_000, 7 => fraction / 100, _ => fraction }, digits);
        var written = 20 + digits;
        destination[written++] = (byte)'Z';
        return written;
    }

    /// <summary>
    /// Reads exactly what <see cref="WriteText"/> writes (any number of fraction digits from one to nine).
    /// The many forms in which sources write a time are read by the normalizer, not here.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out EventTime time)
    {
        time = default;
        if (utf8.Length is < 22 or > MaxTextLength
            || utf8[4] != '-' || utf8[7] != '-' || utf8[10] != 'T' || utf8[13] != ':' || utf8[16] != ':' || utf8[19] != '.' || utf8[^1] != 'Z'
            || !TryReadDigits(utf8[..4], out var year) || !TryReadDigits(utf8[5..7], out var month) || !TryReadDigits(utf8[8..10], out var day)
            || !TryReadDigits(utf8[11..13], out var hour) || !TryReadDigits(utf8[14..16], out var minute) || !TryReadDigits(utf8[17..19], out var second)
            || year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var fraction = 0;
        var scale = 100_000_000;
        foreach (var digit in utf8[20..^1])
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            fraction += (digit - '0') * scale;
            scale /= 10;
        }

        time = new EventTime(new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks + fraction / 100, (byte)(fraction % 100));
        return true;
    }

    private static void WriteDigits(Span<byte> destination, int value, int count)
    {
        for (var i = count - 1; i >= 0; i--, value /= 10)
        {
            destination[i] = (byte)('0' + value % 10);
        }
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            value = value * 10 + digit - '0';
        }

        return true;
    }

    /// <inheritdoc />
    public int CompareTo(EventTime other) =>
        Ticks != other.Ticks ? Ticks.CompareTo(other.Ticks) : Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>The form that <see cref="WriteText"/> writes.</summary>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxTextLength];
        return System.Text.Encoding.ASCII.GetString(text[..WriteText(text)]);
    }

#pragma warning disable CS1591 // comparison operators mean what they mean everywhere
    public static bool operator <(EventTime left, EventTime right) => left.CompareTo(right) < 0;
    public static bool operator >(EventTime left, EventTime right) => left.CompareTo(right) > 0;
    public static bool operator <=(EventTime left, EventTime right) => left.CompareTo(right) <= 0;
    public static bool operator >=(EventTime left, EventTime right) => left.CompareTo(right) >= 0;
#pragma warning restore CS1591
}
