using System.Collections.Concurrent;
using Trailgate.Events;

namespace Trailgate.Verify;

/// <summary>
/// The overflow blobs of a store: which event each holds, and which ones an event names. They are checked before the
/// segments are read, in the order of the listing.
/// </summary>
internal sealed class OverflowIds
{
    private readonly ConcurrentDictionary<UInt128, Entry> _entries = new();

    /// <summary>Remembers a blob.</summary>
    /// <param name="name">SHA-256 of its content, from its name.</param>
    /// <param name="state">What became of its check.</param>
    /// <param name="id">The id that the content has; counts only when it could be recomputed.</param>
    public void Add(Digest name, OverflowVerdict state, EventId id) => _entries[name.Upper] = new Entry(id, state);

    /// <summary>An event names a blob as the one that holds its content.</summary>
    public OverflowVerdict Use(string path, EventId id)
    {
        if (OverflowPath.Read(path) is not { } name || !_entries.TryGetValue(name.Upper, out var entry))
        {
            return OverflowVerdict.Missing;
        }

        entry.Used = true;
        return entry.State == OverflowVerdict.Good && entry.Id != id ? OverflowVerdict.OtherEvent : entry.State;
    }

    /// <summary>How many whole blobs no event named.</summary>
    public long CountUnused() => _entries.Values.LongCount(static entry => !entry.Used && entry.State != OverflowVerdict.Damaged);

    private sealed class Entry(EventId id, OverflowVerdict state)
    {
        public EventId Id => id;
        public OverflowVerdict State => state;
        public bool Used { get; set; }
    }
}

internal enum OverflowVerdict
{
    /// <summary>It holds the event that names it.</summary>
    Good,

    /// <summary>It is whole, but the id of its content can not be computed.</summary>
    Unknown,

    /// <summary>It holds another event.</summary>
    OtherEvent,

    /// <summary>There is a finding about it.</summary>
    Damaged,

    /// <summary>It is not there.</summary>
    Missing,
}

/// <summary>Where overflow lies: <c>overflow/ab/{sha256}.json.gz</c>, ab being the first digits.</summary>
internal static class OverflowPath
{
    public const string Prefix = "overflow/";
    private const string Suffix = ".json.gz";

    /// <summary>The SHA-256 that a path states; null when it is no path of overflow.</summary>
    public static Digest? Read(string path) =>
        path.Length == Prefix.Length + 3 + 2 * Digest.ByteLength + Suffix.Length
        && path.StartsWith(Prefix, StringComparison.Ordinal)
        && path.EndsWith(Suffix, StringComparison.Ordinal)
        && path[Prefix.Length + 2] == '/'
        && path.AsSpan(Prefix.Length, 2).SequenceEqual(path.AsSpan(Prefix.Length + 3, 2))
        && Digest.TryParse(path.AsSpan(Prefix.Length + 3, 2 * Digest.ByteLength), out var digest)
            ? digest
            : null;
}
