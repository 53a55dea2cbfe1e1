namespace Trailgate.Events;

/// <summary>
/// Cloud Resource Names: <c>crn:version:cname:ctype:service-name:location:scope:service-instance:resource-type:resource</c>.
/// Sources write them with places left empty or undefined, without the first word, or with a colon too many, so only the
/// place that is asked for is read.
/// </summary>
public static class Crn
{
    private const int LocationIndex = 5;
    private const int ServiceInstanceIndex = 7;

    /// <summary>
    /// The location of a CRN; empty when it has none. False when the text is no CRN (fewer than six parts, or it begins
    /// neither with <c>crn:</c> nor with the version).
    /// </summary>
    public static bool TryGetLocation(ReadOnlySpan<byte> crn, out ReadOnlySpan<byte> location) =>
        TryGetPart(crn, LocationIndex, out location);

    /// <summary>
    /// The service instance of a CRN, which of Code Engine is the project; empty when it has none. False when the text is no
    /// CRN, or ends before.
    /// </summary>
    public static bool TryGetServiceInstance(ReadOnlySpan<byte> crn, out ReadOnlySpan<byte> instance) =>
        TryGetPart(crn, ServiceInstanceIndex, out instance);

    private static bool TryGetPart(ReadOnlySpan<byte> crn, int wanted, out ReadOnlySpan<byte> part)
    {
        part = [];
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

        for (; index < wanted; index++)
        {
            var colon = rest.IndexOf((byte)':');
            if (colon < 0)
            {
                return false;
            }

            rest = rest[(colon + 1)..];
        }

        var end = rest.IndexOf((byte)':');
        part = end < 0 ? rest : rest[..end];
        if (part.SequenceEqual("undefined"u8))
        {
            part = [];
        }

        return true;
    }
}
