using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Finds one event by its id, in the inbox and in the archive; the archived copy wins. An id says nothing about time and
/// region, so an event that is only in the archive is looked for in the index of every segment, newest first; an index
/// that is missing is made on the way.
/// </summary>
public sealed class EventLookup(IBlobStore blobs, InboxReader inbox, ArchiveCatalog catalog, ArchiveReader archive)
{
    private static readonly EventQuery Everything = new();

    private readonly IdIndex _index = new(blobs, archive);

    /// <summary>The stored line of an event; null when there is none.</summary>
    /// <exception cref="ArchiveDamagedException">
    /// The event was not found, and a part of the archive that could hold it can not be read: that it is not there can not be said.
    /// </exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<ReadOnlyMemory<byte>?> FindAsync(EventId id, CancellationToken cancellationToken)
    {
        // The id is the first member of every stored line.
        var start = Encoding.ASCII.GetBytes($"{{\"id\":\"{id}\"");
        if (await FindInInboxAsync(start, cancellationToken) is not { } waiting)
        {
            return await FindInArchiveAsync(id, start, Everything, cancellationToken);
        }

        // Its copy in the archive, if there is one, has the same region and time.
        if (EventLine.TryRead(waiting.Span, out var copy))
        {
            var there = new EventQuery
            {
                Regions = new HashSet<string> { copy.Region.Name },
                From = copy.Time,
                To = new EventTime(copy.Time.Ticks + 1),
            };
            try
            {
                return await FindInArchiveAsync(id, start, there, cancellationToken) ?? waiting;
            }
            catch (ArchiveDamagedException)
            {
                // The event was found all the same.
            }
        }

        return waiting;
    }

    private async Task<ReadOnlyMemory<byte>?> FindInInboxAsync(byte[] start, CancellationToken cancellationToken)
    {
        byte[]? found = null;
        foreach (var batch in await inbox.ListAsync(cancellationToken))
        {
            await inbox.ReadAsync(
                batch,
                line =>
                {
                    if (found is null && line.StartsWith(start))
                    {
                        found = line.ToArray();
                    }
                },
                cancellationToken);
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    private async Task<ReadOnlyMemory<byte>?> FindInArchiveAsync(EventId id, byte[] start, EventQuery where, CancellationToken cancellationToken)
    {
        ArchiveDamagedException? damage = null;
        var held = new HashSet<EventId>();
        foreach (var segment in await catalog.FindSegmentsAsync(where, e => damage ??= e, cancellationToken))
        {
            try
            {
                await _index.FindAsync(segment, [id], held, cancellationToken);
                if (held.Count > 0 && await FindInSegmentAsync(start, segment, cancellationToken) is { } found)
                {
                    return found;
                }
            }
            catch (ArchiveDamagedException e)
            {
                damage ??= e;
            }
        }

        return damage is null ? null : throw damage;
    }

    private async Task<byte[]?> FindInSegmentAsync(byte[] start, Segment segment, CancellationToken cancellationToken)
    {
        byte[]? found = null;

        // Read to the end: only then the segment is known to be the one that the manifest describes.
        await foreach (var line in archive.ReadLinesAsync(segment, cancellationToken))
        {
            if (found is null && line.Span.StartsWith(start))
            {
                found = line.ToArray();
            }
        }

        return found;
    }
}
