using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Trailgate.Alerts.Listing;

/// <summary>Where an alert stands in the list of all: the newest first, then by store, blob and line.</summary>
/// <param name="RaisedAt">Ticks of the time at which it was raised.</param>
/// <param name="Store">The store's name.</param>
/// <param name="Key">The key of its matches blob.</param>
/// <param name="Line">Its line there, from 0.</param>
internal readonly record struct AlertPlace(long RaisedAt, string Store, string Key, int Line)
{
    /// <summary>Below 0 when one stands before the other.</summary>
    public static int Compare(AlertPlace one, AlertPlace other)
    {
        var order = other.RaisedAt.CompareTo(one.RaisedAt);
        order = order != 0 ? order : string.CompareOrdinal(one.Store, other.Store);
        // As blobs are read: of two of one millisecond the later name first.
        order = order != 0 ? order : string.CompareOrdinal(other.Key, one.Key);
        return order != 0 ? order : one.Line.CompareTo(other.Line);
    }

    /// <summary>Opaque; for the next page.</summary>
    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{RaisedAt} {Line} {Store} {Key}")));

    public static bool TryParse(string text, out AlertPlace place)
    {
        place = default;
        if (!Base64Url.IsValid(text))
        {
            return false;
        }

        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(' ');
        if (parts.Length != 4
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var raisedAt) || raisedAt > DateTime.MaxValue.Ticks
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var line))
        {
            return false;
        }

        place = new AlertPlace(raisedAt, parts[2], parts[3], line);
        return true;
    }
}
