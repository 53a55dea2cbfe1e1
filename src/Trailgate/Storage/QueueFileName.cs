using System.Globalization;

namespace Trailgate.Storage;

/// <summary>
/// The name of a message's file, which is all of its state: when it becomes visible, which message it is, how often it
/// was received. Names sort by the time of visibility.
/// </summary>
internal readonly record struct QueueFileName(long VisibleAtTicks, Guid Id, int DequeueCount)
{
    private const string Extension = ".msg";

    /// <summary>Reads a name back; anything else than what <see cref="ToString"/> writes is refused.</summary>
    public static bool TryParse(string text, out QueueFileName name)
    {
        name = default;
        if (text.Length < 19 + 1 + 32 + 2 + Extension.Length
            || text[19] != '-'
            || text[52] != '-'
            || !long.TryParse(text.AsSpan(0, 19), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            || !Guid.TryParseExact(text.AsSpan(20, 32), "N", out var id)
            || !int.TryParse(text.AsSpan(53, text.Length - 53 - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        // Only one spelling of each name: upper case and leading zeros are not ours.
        var read = new QueueFileName(ticks, id, count);
        if (!string.Equals(read.ToString(), text, StringComparison.Ordinal))
        {
            return false;
        }

        name = read;
        return true;
    }

    /// <summary>The same message under a lease.</summary>
    public QueueFileName LeaseUntil(DateTimeOffset until) => new(until.UtcTicks, Id, DequeueCount + 1);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{VisibleAtTicks:D19}-{Id:N}-{DequeueCount}{Extension}");
}
