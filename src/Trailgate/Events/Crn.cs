namespace Trailgate.Events;

/// <summary>
/// Cloud Resource Names: <c>crn:version:cname:ctype:service-name:location:scope:service-instance:resource-type:resource</c>.
/// Sources write them with places left empty or undefined, without the first word, or with a colon too many, so only the
/// place that is asked for is read.
/// </summary>
public static class Crn
{
    private const int LocationIndex = 5;

    /// <summary>
    /// The location of a CRN; empty when it has none. False when the text is no CRN (fewer than six parts, or it begins
    /// neither with <c>crn:</c> nor with the version).
    /// </summary>
    public static bool TryGetLocation(ReadOnlySpan<byte> crn, out ReadOnlySpan<byte> location)
    {
        location = [];
        var rest = crn.Trim((byte)' ');
        var index = 0;
        if (rest.StartsWith("v1:"u8))
        {
            index = 1;
        }
        else if (!rest.StartsWith("crn:"u8))
        {
            return false;
        }

        for (; index < LocationIndex; index++)
        {
            var colon = rest.IndexOf((byte)':');
            if (colon < 0)
            {
                return false;
            }

            rest = rest[(colon + 1)..];
        }

        var end = rest.IndexOf((byte)':');
        location = end < 0 ? rest : rest[..end];
        if (location.SequenceEqual("undefined"u8))
        {
            location = [];
        }

        return true;
    }
}
