using System.Globalization;

namespace Trailgate.Events;

/// <summary>When a UUID of version 7 was made.</summary>
internal static class UuidTime
{
    /// <summary>The time, to the millisecond; null for a UUID of another version.</summary>
    // The first 48 bits are milliseconds since 1970 (RFC 9562, section 5.7).
    public static DateTimeOffset? Read(Guid id) => id.Version == 7
        ? DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(id.ToString("N").AsSpan(0, 12), NumberStyles.HexNumber, CultureInfo.InvariantCulture))
        : null;
}
