using System.Buffers.Text;
using Trailgate.Events;

namespace Trailgate.Normalize;

/// <summary>
/// Reads the forms in which sources write the time of an event: RFC 3339 and its relatives with offsets with or without
/// colon, parts that are not padded, stray blanks, a plus sign that URL decoding has eaten, Go's <c>time.String()</c>,
/// zone names, and epoch seconds or milliseconds. What it does not understand is no time: never a guess.
/// </summary>
internal static class TimeReader
{
    private const long UnixEpochTicks = 621_355_968_000_000_000;

    /// <summary>Reads a time.</summary>
    /// <param name="text">The text, unescaped, or the digits of a JSON number.</param>
    /// <param name="time">The time in UTC.</param>
    /// <param name="zoneAssumed">
    /// True when the text names no zone (UTC is assumed) or a zone abbreviation of the United States, which other parts
    /// of the world use for other zones.
    /// </param>
    public static bool TryRead(ReadOnlySpan<byte> text, out EventTime time, out bool zoneAssumed)
    {
        zoneAssumed = false;
        text = text.Trim((byte)' ');
        return text.Length is >= 9 and <= 64
            && (TryReadEpoch(text, out time) || new Cursor(text).TryReadDateTime(out time, out zoneAssumed))
            || Fail(out time);
    }

    private static bool Fail(out EventTime time)
    {
        time = default;
        return false;
    }

    // 9 to 11 digits are seconds (1973 to 5138), 12 to 14 are milliseconds (1973 to 5138); seconds may have a fraction.
    private static bool TryReadEpoch(ReadOnlySpan<byte> text, out EventTime time)
    {
        time = default;
        if (!Utf8Parser.TryParse(text, out long whole, out var digits) || whole < 100_000_000)
        {
            return false;
        }

        var rest = text[digits..];
        switch (digits)
        {
            case >= 12 and <= 14 when rest.IsEmpty:
                time = new EventTime(UnixEpochTicks + whole * TimeSpan.TicksPerMillisecond);
                return true;
            case >= 9 and <= 11:
                var fraction = 0;
                if (!rest.IsEmpty && (rest[0] != '.' || !TryReadFraction(rest[1..], out fraction, out var used) || used != rest.Length - 1))
                {
                    return false;
                }

                time = new EventTime(UnixEpochTicks + whole * TimeSpan.TicksPerSecond + fraction / 100, (byte)(fraction % 100));
                return true;
            default:
                return false;
        }
    }

    private static bool TryReadFraction(ReadOnlySpan<byte> digits, out int nanoseconds, out int used)
    {
        nanoseconds = 0;
        var scale = 100_000_000;
        for (used = 0; used < digits.Length && char.IsAsciiDigit((char)digits[used]); used++)
        {
            nanoseconds += (digits[used] - '0') * scale;
            scale /= 10;
        }

        return used > 0;
    }

    private ref struct Cursor(ReadOnlySpan<byte> text)
    {
        private ReadOnlySpan<byte> _rest = text;

        public bool TryReadDateTime(out EventTime time, out bool zoneAssumed)
        {
            time = default;
            zoneAssumed = false;
            if (!TryNumber(4, 4, out var year) || !TryTake((byte)'-')
                || !TryNumber(1, 2, out var month) || !TryTake((byte)'-')
                || !TryNumber(1, 2, out var day) || !TryTakeDateEnd()
                || !TryNumber(1, 2, out var hour) || !TryTake((byte)':')
                || !TryNumber(1, 2, out var minute))
            {
                return false;
            }

            var second = 0;
            var nanoseconds = 0;
            if (TryTake((byte)':') && (!TryNumber(1, 2, out second) || !TryFraction(out nanoseconds)))
            {
                return false;
            }

            // A leap second (60) is the first moment of the next minute.
            if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60
                || !TryZone(out var offset, out zoneAssumed))
            {
                return false;
            }

            var ticks = new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Utc).Ticks
                + second * TimeSpan.TicksPerSecond + nanoseconds / 100 - offset.Ticks;
            if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
            {
                return false;
            }

            time = new EventTime(ticks, (byte)(nanoseconds % 100));
            return true;
        }

        private bool TryZone(out TimeSpan offset, out bool assumed)
        {
            offset = TimeSpan.Zero;
            assumed = false;
            var blank = _rest.Length > 0 && _rest[0] == ' ';
            SkipBlanks();
            if (_rest.IsEmpty)
            {
                assumed = true;
                return true;
            }

            if (_rest[0] is (byte)'+' or (byte)'-')
            {
                var negative = _rest[0] == '-';
                _rest = _rest[1..];
                return TryOffset(negative, out offset) && TryGoSuffix();
            }

            // "19:07:50.32 0000": the plus sign was decoded as a blank on its way through a form.
            return blank && char.IsAsciiDigit((char)_rest[0])
                ? TryOffset(negative: false, out offset) && TryGoSuffix()
                : TryZoneName(out offset, out assumed);
        }

        private bool TryOffset(bool negative, out TimeSpan offset)
        {
            offset = TimeSpan.Zero;
            if (!TryNumber(2, 2, out var hours))
            {
                return false;
            }

            TryTake((byte)':');
            var minutes = 0;
            if (_rest.Length > 0 && char.IsAsciiDigit((char)_rest[0]) && !TryNumber(2, 2, out minutes))
            {
                return false;
            }

            offset = new TimeSpan(hours, minutes, 0) * (negative ? -1 : 1);
            return hours <= 18 && minutes < 60;
        }

        // Go prints the zone's name after the offset, and a monotonic reading after that: "+0000 UTC m=+0.01". A zone
        // without a name of letters has its offset for a name: "-0300 -03".
        private bool TryGoSuffix()
        {
            SkipBlanks();
            if (_rest is [(byte)'+' or (byte)'-', _, ..] && char.IsAsciiDigit((char)_rest[1]))
            {
                _rest = _rest[1..];
                if (!TryNumber(2, 2, out _) || (_rest.Length > 0 && _rest[0] != ' ' && !TryNumber(2, 2, out _)))
                {
                    return false;
                }
            }

            while (_rest.Length > 0 && char.IsAsciiLetterUpper((char)_rest[0]))
            {
                _rest = _rest[1..];
            }

            SkipBlanks();
            return _rest.IsEmpty || _rest.StartsWith("m="u8);
        }

        private bool TryZoneName(out TimeSpan offset, out bool assumed)
        {
            int? hours = _rest switch
            {
                [(byte)'Z' or (byte)'z'] => 0,
                _ when _rest.SequenceEqual("UTC"u8) || _rest.SequenceEqual("GMT"u8) => 0,
                _ when _rest.SequenceEqual("EDT"u8) => -4,
                _ when _rest.SequenceEqual("EST"u8) || _rest.SequenceEqual("CDT"u8) => -5,
                _ when _rest.SequenceEqual("CST"u8) || _rest.SequenceEqual("MDT"u8) => -6,
                _ when _rest.SequenceEqual("MST"u8) || _rest.SequenceEqual("PDT"u8) => -7,
                _ when _rest.SequenceEqual("PST"u8) || _rest.SequenceEqual("AKDT"u8) => -8,
                _ when _rest.SequenceEqual("AKST"u8) => -9,
                _ when _rest.SequenceEqual("HST"u8) => -10,
                _ => null,
            };
            offset = TimeSpan.FromHours(hours ?? 0);
            assumed = hours < 0;
            return hours is not null;
        }

        private bool TryNumber(int minDigits, int maxDigits, out int value)
        {
            SkipBlanks();
            value = 0;
            var digits = 0;
            while (digits < maxDigits && digits < _rest.Length && char.IsAsciiDigit((char)_rest[digits]))
            {
                value = value * 10 + _rest[digits++] - '0';
            }

            _rest = _rest[digits..];
            return digits >= minDigits;
        }

        private bool TryFraction(out int nanoseconds)
        {
            nanoseconds = 0;
            if (_rest.Length == 0 || _rest[0] is not ((byte)'.' or (byte)','))
            {
                return true;
            }

            var valid = TryReadFraction(_rest[1..], out nanoseconds, out var used);
            _rest = _rest[(used + 1)..];
            return valid;
        }

        private bool TryTakeDateEnd() => TryTake((byte)'T') || TryTake((byte)'t') || TryBlank();

        private bool TryBlank()
        {
            var before = _rest.Length;
            SkipBlanks();
            return _rest.Length < before;
        }

        private bool TryTake(byte expected)
        {
            var trimmed = _rest.TrimStart((byte)' ');
            if (trimmed.Length == 0 || trimmed[0] != expected)
            {
                return false;
            }

            _rest = trimmed[1..];
            return true;
        }

        private void SkipBlanks() => _rest = _rest.TrimStart((byte)' ');
    }
}
