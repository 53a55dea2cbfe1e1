using System.Runtime.InteropServices;
using System.Text;

namespace Trailgate.Query.Facets;

/// <summary>Counts events by a text. What outsiders send decides how many there are, so memory has an end.</summary>
internal sealed class ValueTally
{
    private const int MaxHeld = 100_000;

    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private long _other;

    /// <summary>Adds events with a value, as UTF-8; empty for events that have none.</summary>
    public void Add(ReadOnlySpan<byte> value, long count = 1)
    {
        Span<char> text = stackalloc char[256];
        if (Encoding.UTF8.TryGetChars(value, text, out var length))
        {
            Add(text[..length], count);
        }
        else
        {
            Add(Encoding.UTF8.GetString(value).AsSpan(), count);
        }
    }

    /// <summary>Adds events with a value; empty for events that have none.</summary>
    public void Add(ReadOnlySpan<char> value, long count = 1)
    {
        var lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
        if (count == 0)
        {
            return; // a value that the day has and the query does not ask for
        }

        if (value.IsEmpty || (_counts.Count >= MaxHeld && !lookup.ContainsKey(value)))
        {
            _other += count;
        }
        else
        {
            CollectionsMarshal.GetValueRefOrAddDefault(lookup, value, out _) += count;
        }
    }

    public ValueFacet ToFacet(Facet facet)
    {
        var first = _counts
            .OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key, StringComparer.Ordinal)
            .Take(ValueFacet.MaxValues).ToList();
        return new ValueFacet(facet, first, _counts.Values.Sum() + _other - first.Sum(static pair => pair.Value));
    }
}
