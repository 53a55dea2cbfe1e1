using Trailgate.Events;

namespace Trailgate.Query.Index;

/// <summary>The hashes by which values are looked up. The numbers are part of the format.</summary>
internal static class Tokens
{
    /// <summary>More parts than a CRN has by far; the id of somebody who wants to make the index large.</summary>
    public const int MaxTargetParts = 32;

    /// <summary>The first 32 bits of an id, which is a hash itself.</summary>
    public static uint Of(EventId id) => (uint)(id.Value >> 96);

    /// <summary>32 bits of FNV-1a (64 bits), mixed, of a text in UTF-8.</summary>
    public static uint Of(ReadOnlySpan<byte> text)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var value in text)
        {
            hash = (hash ^ value) * 0x100000001b3;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        return (uint)(hash >> 32);
    }

    /// <summary>
    /// Adds what a target is asked for by: the whole id, and of a CRN all that stands before one of its colons, see
    /// <see cref="TargetFilter"/>. False when there is too much of it.
    /// </summary>
    public static bool AddTarget(ReadOnlySpan<byte> id, TokenTable table, int member)
    {
        table.Add(Of(id), member);
        if (!id.StartsWith("crn:"u8))
        {
            return true;
        }

        if (id.Count((byte)':') > MaxTargetParts)
        {
            return false;
        }

        for (var at = "crn:".Length; at < id.Length; at++)
        {
            if (id[at] == ':' && id[at - 1] != ':')
            {
                table.Add(Of(id[..at]), member);
            }
        }

        return true;
    }
}
