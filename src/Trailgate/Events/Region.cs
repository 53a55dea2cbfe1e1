using System.Collections.Concurrent;
using System.Text;

namespace Trailgate.Events;

/// <summary>
/// Where an event happened: a known location name, <see cref="Global"/>, or <see cref="Unknown"/>. A region is a part of
/// every archive path, so only the region table makes regions from what outsiders send; <c>TryParse</c>
/// reads names that Trailgate itself stored.
/// </summary>
public readonly record struct Region : IComparable<Region>
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxLength = 40;

    /// <summary>How many names are shared. There are some hundred regions; names beyond were made up by somebody who asks.</summary>
    private const int MaxShared = 1024;

    private static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);
    private readonly string? _name;

    private Region(string name) => _name = name;

    /// <summary>Tied to no place, as the source says itself.</summary>
    public static Region Global { get; } = new("global");

    /// <summary>The event does not say, or says a name that nobody knows.</summary>
    public static Region Unknown { get; } = new("unknown");

    /// <summary>The name: lower-case ASCII letters, digits and hyphens. The default value is named unknown.</summary>
    public string Name => _name ?? "unknown";

    /// <summary>Reads a stored name: 1 to 40 lower-case ASCII letters, digits and hyphens.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Region region)
    {
        region = Unknown;
        if (text.Length is 0 or > MaxLength || text.ContainsAnyExcept(Allowed))
        {
            return false;
        }

        if (!Names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var name))
        {
            name = text.ToString();
            name = Names.Count < MaxShared ? Names.GetOrAdd(name, name) : name;
        }

        region = new Region(name);
        return true;
    }

    /// <summary>Reads a stored name from UTF-8.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out Region region)
    {
        region = Unknown;
        Span<char> text = stackalloc char[MaxLength];
        return utf8.Length <= MaxLength
            && Encoding.ASCII.TryGetChars(utf8, text, out var written)
            && TryParse(text[..written], out region);
    }

    private static readonly System.Buffers.SearchValues<char> Allowed =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <inheritdoc />
    public int CompareTo(Region other) => string.CompareOrdinal(Name, other.Name);

    /// <summary>By name; the default value equals <see cref="Unknown"/>.</summary>
    public bool Equals(Region other) => Name == other.Name;

    /// <inheritdoc />
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name.</summary>
    public override string ToString() => Name;

#pragma warning disable CS1591 // comparison operators mean what they mean everywhere
    public static bool operator <(Region left, Region right) => left.CompareTo(right) < 0;
    public static bool operator >(Region left, Region right) => left.CompareTo(right) > 0;
    public static bool operator <=(Region left, Region right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Region left, Region right) => left.CompareTo(right) >= 0;
#pragma warning restore CS1591
}
