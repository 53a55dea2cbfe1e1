using System.Runtime.InteropServices;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>
/// Finds which events of a plan are archived already. Only manifests up to the plan's heads count, so that a repetition
/// of the plan does not take its own first try for the original.
/// </summary>
internal sealed class ArchivedEvents(IBlobStore blobs, ArchiveReader reader, IdIndex index)
{
    /// <summary>How far back an event is looked for when its time was assumed: a redelivery is received later.</summary>
    private const int HoursBack = 24;

    /// <summary>How far ahead: it may have been received by a host whose clock is somewhat behind.</summary>
    private const int HoursAhead = 1;

    /// <summary>The ids of those events that stand in a segment of the region.</summary>
    /// <param name="region">The region of all events.</param>
    /// <param name="head">The region's last manifest before the plan; 0 for none.</param>
    /// <param name="content">The events, sorted.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="ArchiveDamagedException">A manifest can not be read, or a segment whose index is missing.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<HashSet<EventId>> FindAsync(Region region, long head, RegionContent content, CancellationToken cancellationToken)
    {
        var found = new HashSet<EventId>();
        if (head == 0)
        {
            return found;
        }

        var search = new Search(region, head, found, []);
        foreach (var (hour, start, length) in content.Hours())
        {
            await FindInHourAsync(search, hour, SortedIds(content.Events, start, length, assumed: false), cancellationToken);
            var assumed = SortedIds(content.Events, start, length, assumed: true);
            for (var other = -HoursBack; other <= HoursAhead && assumed.Length > 0; other++)
            {
                if (other != 0 && IsHour(hour, other))
                {
                    await FindInHourAsync(search, hour.AddHours(other), assumed, cancellationToken);
                }
            }
        }

        return found;
    }

    private static bool IsHour(DateTime hour, int later) =>
        later < 0 ? hour.Ticks >= -later * TimeSpan.TicksPerHour : DateTime.MaxValue - hour > TimeSpan.FromHours(later);

    /// <param name="events">The events.</param>
    /// <param name="start">The first that counts.</param>
    /// <param name="length">How many count.</param>
    /// <param name="assumed">Only those whose time was assumed.</param>
    private static EventId[] SortedIds(List<ArchiveEvent> events, int start, int length, bool assumed)
    {
        var ids = new List<EventId>(assumed ? 0 : length);
        foreach (ref readonly var item in CollectionsMarshal.AsSpan(events).Slice(start, length))
        {
            if (!assumed || item.TimeAssumed)
            {
                ids.Add(item.Id);
            }
        }

        ids.Sort();
        return [.. ids];
    }

    private async Task FindInHourAsync(Search search, DateTime hour, EventId[] sortedIds, CancellationToken cancellationToken)
    {
        await foreach (var path in blobs.ListPathsAsync(Containers.Archive, ArchiveNames.HourPrefix(search.Region, hour), cancellationToken))
        {
            if (ArchiveNames.SequenceOfSegment(path) is not { } sequence || sequence > search.Head)
            {
                continue;
            }

            // A segment that its manifest does not list is left over from a plan that was changed.
            var listed = await ReadSegmentsAsync(search, sequence, cancellationToken);
            if (listed.TryGetValue(path, out var segment))
            {
                await index.FindAsync(segment, sortedIds, search.Found, cancellationToken);
            }
        }
    }

    private async Task<Dictionary<string, Segment>> ReadSegmentsAsync(Search search, long sequence, CancellationToken cancellationToken)
    {
        if (!search.Manifests.TryGetValue(sequence, out var segments))
        {
            var (manifest, _) = await reader.ReadManifestAsync(search.Region, sequence, cancellationToken);
            segments = manifest.Segments.ToDictionary(segment => segment.Name);
            search.Manifests.Add(sequence, segments);
        }

        return segments;
    }

    private sealed record Search(Region Region, long Head, HashSet<EventId> Found, Dictionary<long, Dictionary<string, Segment>> Manifests);
}
