using System.Buffers;
using Trailgate.Events;

namespace Trailgate.Ingest;

/// <summary>
/// Reads the region out of what is no event, and may not even be JSON, by the names and CRNs that stand in its bytes:
/// enough to keep it in the store where its region must stay. For events the normalizer decides.
/// </summary>
internal sealed class RegionScan(RegionTable table)
{
    // What an outsider sends is not searched for ever.
    private const int MaxCandidates = 100;
    private const int MaxCrnLength = 1024;

    private static readonly SearchValues<byte> BetweenNameAndValue = SearchValues.Create("\"\\:= "u8);
    private static readonly SearchValues<byte> EndsCrn = SearchValues.Create("\"\\ ,;{}[]\t\r\n"u8);
    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"u8);

    /// <summary>
    /// The first known region by the normalizer's order: logSourceCRN, any other CRN, bucketLocation, region. A more exact
    /// one goes before <c>global</c>. Null when none can be read.
    /// </summary>
    public Region? Find(ReadOnlySpan<byte> raw)
    {
        Region? wide = null;
        return FindMember(raw, "logSourceCRN"u8, isCrn: true, ref wide)
            ?? FindCrn(raw, ref wide)
            ?? FindMember(raw, "bucketLocation"u8, isCrn: false, ref wide)
            ?? FindMember(raw, "region"u8, isCrn: false, ref wide)
            ?? wide;
    }

    /// <summary>The region of a name; null when nobody knows it.</summary>
    public Region? FindName(ReadOnlySpan<byte> name) => table.TryResolve(name, inCrn: false, out var region) ? region : null;

    private Region? FindMember(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> member, bool isCrn, ref Region? wide)
    {
        for (var candidates = 0; candidates < MaxCandidates && raw.IndexOf(member) is >= 0 and var at; candidates++)
        {
            raw = raw[(at + member.Length)..];
            var start = raw.IndexOfAnyExcept(BetweenNameAndValue);
            // The name must end here, as in "region":"eu-de", \"region\":\"eu-de\" and region=eu-de.
            if (start > 0 && raw[0] != ' ' && (isCrn ? ReadCrn(raw[start..]) : ReadName(raw[start..])) is { } region && IsExact(region, ref wide))
            {
                return region;
            }
        }

        return null;
    }

    private Region? FindCrn(ReadOnlySpan<byte> raw, ref Region? wide)
    {
        for (var candidates = 0; candidates < MaxCandidates && raw.IndexOf("crn:"u8) is >= 0 and var at; candidates++)
        {
            raw = raw[at..];
            if (ReadCrn(raw) is { } region && IsExact(region, ref wide))
            {
                return region;
            }

            raw = raw["crn:".Length..];
        }

        return null;
    }

    private Region? ReadCrn(ReadOnlySpan<byte> text)
    {
        text = text[..Math.Min(text.Length, MaxCrnLength)];
        var end = text.IndexOfAny(EndsCrn);
        return Crn.TryGetLocation(end < 0 ? text : text[..end], out var location)
            && table.TryResolve(location, inCrn: true, out var region) ? region : null;
    }

    private Region? ReadName(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExcept(NameBytes);
        return FindName(end < 0 ? text : text[..end]);
    }

    private static bool IsExact(Region region, ref Region? wide)
    {
        if (region != Region.Global)
        {
            return true;
        }

        wide = region;
        return false;
    }
}
