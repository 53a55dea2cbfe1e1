using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Trailgate.Events;

namespace Trailgate.Query;

/// <summary>
/// A place in the order of events: the one where a page ended. It names the event's time and id and no place in storage,
/// so it stays true while events arrive and archive runs move them.
/// </summary>
/// <param name="Time">The event's time.</param>
/// <param name="Id">The event's id.</param>
public readonly record struct EventPosition(EventTime Time, EventId Id) : IComparable<EventPosition>
{
    private const int MaxTextLength = 100;

    /// <inheritdoc />
    public int CompareTo(EventPosition other) => Time.CompareTo(other.Time) is var byTime and not 0 ? byTime : Id.CompareTo(other.Id);

    /// <summary>The form that callers hand back, which tells them nothing: Base64url.</summary>
    public string ToCursor() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{Time}/{Id}"));

    /// <summary>Reads what <see cref="ToCursor"/> made.</summary>
    public static bool TryParse(string cursor, [NotNullWhen(true)] out EventPosition? position)
    {
        position = null;
        Span<byte> text = stackalloc byte[MaxTextLength];
        if (cursor.Length > MaxTextLength || !Base64Url.IsValid(cursor) || !Base64Url.TryDecodeFromChars(cursor, text, out var length))
        {
            return false;
        }

        text = text[..length];
        var slash = text.IndexOf((byte)'/');
        if (slash < 0 || !EventTime.TryParse(text[..slash], out var time) || !EventId.TryParse(text[(slash + 1)..], out var id))
        {
            return false;
        }

        position = new EventPosition(time, id);
        return true;
    }

#pragma warning disable CS1591 // comparison operators mean what they mean everywhere
    public static bool operator <(EventPosition left, EventPosition right) => left.CompareTo(right) < 0;
    public static bool operator >(EventPosition left, EventPosition right) => left.CompareTo(right) > 0;
    public static bool operator <=(EventPosition left, EventPosition right) => left.CompareTo(right) <= 0;
    public static bool operator >=(EventPosition left, EventPosition right) => left.CompareTo(right) >= 0;
#pragma warning restore CS1591
}
