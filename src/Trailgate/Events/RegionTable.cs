using System.Collections.Frozen;
using System.Text;

namespace Trailgate.Events;

/// <summary>
/// Makes regions from the location names that sources write: regions, their zones, data centres and aliases, by the
/// table <c>regions.tsv</c> and the settings. What it does not know is no region: an outsider must not be able to mint
/// partitions of the archive.
/// </summary>
public sealed class RegionTable
{
    private readonly FrozenDictionary<string, Region> _regions;
    private readonly FrozenDictionary<string, Region> _metros;
    private readonly FrozenSet<Region> _ibm;

    /// <summary>The shipped table, and more region names from the settings.</summary>
    /// <exception cref="ArgumentException">A name that is no region name.</exception>
    public RegionTable(IEnumerable<string> moreRegions)
    {
        var regions = new Dictionary<string, Region>();
        var metros = new Dictionary<string, Region>();
        var ibm = new HashSet<Region>();
        foreach (var row in TsvResource.Rows("regions.tsv"))
        {
            switch (row)
            {
                case [var name, "region", var provider, _]:
                    regions[name] = Parse(name);
                    if (provider == "ibm")
                    {
                        ibm.Add(regions[name]);
                    }

                    break;
                case [var name, "metro", var of, _]:
                    metros[name] = Parse(of);
                    break;
                case [var name, "alias", var of, _]:
                    regions[name] = Parse(of);
                    break;
                default:
                    throw new InvalidOperationException($"regions.tsv has a row that is none: {string.Join(' ', row)}");
            }
        }

        foreach (var name in moreRegions)
        {
            regions[name] = Parse(name);
        }

        _regions = regions.ToFrozenDictionary();
        _metros = metros.ToFrozenDictionary();
        _ibm = ibm.ToFrozenSet();
    }

    /// <summary>
    /// The region of a location name, in any letter case. In a CRN the name is IBM's: <c>us-east-1</c> is a zone of
    /// us-east there, and a region of AWS everywhere else.
    /// </summary>
    public bool TryResolve(ReadOnlySpan<byte> location, bool inCrn, out Region region)
    {
        region = Region.Unknown;
        Span<char> name = stackalloc char[Region.MaxLength];
        if (location.Length is 0 or > Region.MaxLength || !Encoding.ASCII.TryGetChars(location, name, out var length))
        {
            return false;
        }

        name = name[..length];
        foreach (ref var c in name)
        {
            c = char.ToLowerInvariant(c);
        }

        return inCrn
            ? TryIbmZone(name, out region) || TryName(name, out region)
            : TryName(name, out region) || TryIbmZone(name, out region) || TryOtherZone(name, out region);
    }

    private bool TryName(ReadOnlySpan<char> name, out Region region) =>
        _regions.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out region)
        || (name.Length == 5 && char.IsAsciiDigit(name[3]) && char.IsAsciiDigit(name[4])
            && _metros.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..3], out region));

    // us-south-1, and the universal form us-south-dal10-a
    private bool TryIbmZone(ReadOnlySpan<char> name, out Region region)
    {
        region = Region.Unknown;
        var regions = _regions.GetAlternateLookup<ReadOnlySpan<char>>();
        if (name.Length > 2 && name[^2] == '-' && char.IsAsciiDigit(name[^1]))
        {
            return regions.TryGetValue(name[..^2], out region) && _ibm.Contains(region);
        }

        return name.Length > 8 && name[^2] == '-' && name[^8] == '-' && char.IsAsciiLetter(name[^1])
            && regions.TryGetValue(name[..^8], out region) && _ibm.Contains(region);
    }

    // us-east-1a (AWS) and us-east1-b (Google)
    private bool TryOtherZone(ReadOnlySpan<char> name, out Region region)
    {
        region = Region.Unknown;
        var regions = _regions.GetAlternateLookup<ReadOnlySpan<char>>();
        return name.Length > 3 && char.IsAsciiLetter(name[^1])
            && ((char.IsAsciiDigit(name[^2]) && regions.TryGetValue(name[..^1], out region))
                || (name[^2] == '-' && char.IsAsciiDigit(name[^3]) && regions.TryGetValue(name[..^2], out region)));
    }

    private static Region Parse(string name) =>
        Region.TryParse(name, out var region)
            ? region
            : throw new ArgumentException($"'{name}' is no region name: 1 to {Region.MaxLength} lower-case letters, digits or hyphens.", nameof(name));
}
