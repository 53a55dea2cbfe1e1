using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Normalize;

/// <summary>
/// Finds where an event happened: the location of logSourceCRN, else of target.id, else responseData.bucketLocation,
/// else the region that requestData names (at its top, or the only known one further down), else a <c>region</c> member
/// of the event.
/// </summary>
internal sealed class RegionFinder(RegionTable table)
{
    /// <summary>
    /// The region of an event. A global place gives way to a more exact one that follows; a name that nobody knows ends
    /// the search and is handed back as the source wrote it.
    /// </summary>
    public Region Find(EventParts parts, ReadOnlySpan<byte> regionMember, out ReadOnlySpan<byte> unknownName)
    {
        unknownName = [];
        var found = Region.Unknown;
        if (Crn.TryGetLocation(parts.Text(Member.LogSourceCrn), out var location)
            && IsFinal(location, inCrn: true, ref found, ref unknownName))
        {
            return found;
        }

        if (parts.TryFindText(Member.Target, "id"u8, out var id) && Crn.TryGetLocation(id, out location)
            && IsFinal(location, inCrn: true, ref found, ref unknownName))
        {
            return found;
        }

        if (parts.TryFindText(Member.ResponseData, "bucketLocation"u8, out location)
            && IsFinal(location, inCrn: true, ref found, ref unknownName))
        {
            return found;
        }

        if (parts.TryFindText(Member.RequestData, "region"u8, out location)
            && IsFinal(location, inCrn: false, ref found, ref unknownName))
        {
            return found;
        }

        if (TryFindOnlyRegion(parts.Value(Member.RequestData), out var only))
        {
            found = only;
            if (found != Region.Global)
            {
                return found;
            }
        }

        IsFinal(regionMember, inCrn: false, ref found, ref unknownName);
        return found;
    }

    // Context-based restrictions write {"resource":{"attributes":{"region":"au-syd"}}}. Where regions differ nobody can
    // know which one is meant, and a name that nobody knows is not taken for the event's place this far down.
    private bool TryFindOnlyRegion(ReadOnlySpan<byte> json, out Region only)
    {
        only = Region.Unknown;
        if (json.IndexOf("\"region\""u8) < 0)
        {
            return false;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1024 });
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.TextIs("region"u8))
            {
                continue;
            }

            reader.Read();
            if (reader.TokenType != JsonTokenType.String || !table.TryResolve(reader.ValueSpan, inCrn: false, out var region))
            {
                continue;
            }

            if (only != Region.Unknown && only != region)
            {
                return false;
            }

            only = region;
        }

        return only != Region.Unknown;
    }

    private bool IsFinal(ReadOnlySpan<byte> location, bool inCrn, ref Region found, ref ReadOnlySpan<byte> unknownName)
    {
        if (location.IsEmpty)
        {
            return false;
        }

        if (table.TryResolve(location, inCrn, out var region))
        {
            found = region;
            return region != Region.Global;
        }

        if (found == Region.Global)
        {
            return false; // A known place, though a wide one, is better than a name that nobody knows.
        }

        unknownName = location;
        return true;
    }
}
