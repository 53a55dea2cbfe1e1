using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query.Index;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Finds one event by its id, store by store, in the inbox and in the archive; the archived copy wins. An id says nothing about time and
/// region, so an event that is only in the archive is looked for by the index of every day, newest first; of segments that
/// the index does not know yet, by the ids of each, which are made on the way where they are missing.
/// </summary>
public sealed class EventLookup(StoreReaders readers)
{
    private static readonly EventQuery Everything = new();

    /// <summary>An event as it is stored; null when there is none.</summary>
    /// <exception cref="ArchiveDamagedException">
    /// The event was not found, and a part of the archive that could hold it can not be read: that it is not there can not be said.
    /// </exception>
    /// <exception cref="StorageException">The event was not found, and a store that could hold it did not answer; a retry is safe.</exception>
    public Task<FoundEvent?> FindAsync(EventId id, CancellationToken cancellationToken)
    {
        // The id is the first member of every stored line.
        var start = Encoding.ASCII.GetBytes($"{{\"id\":\"{id}\"");
        return readers.AskUntilAsync(
            (reader, token) => FindAsync(reader, id, start, token),
            cancellationToken);
    }

    private static async Task<FoundEvent?> FindAsync(StoreReader reader, EventId id, byte[] start, CancellationToken cancellationToken)
    {
        if (await FindInInboxAsync(reader, start, cancellationToken) is not { } line)
        {
            return await FindInArchiveAsync(reader, id, start, Everything, cancellationToken);
        }

        var waiting = new FoundEvent(line, reader, Segment: null);

        // Its copy in the archive, if there is one, has the same region and time.
        if (EventLine.TryRead(line, out var copy))
        {
            var there = new EventQuery
            {
                Regions = new HashSet<string> { copy.Region.Name },
                From = copy.Time,
                To = new EventTime(copy.Time.Ticks + 1),
            };
            try
            {
                return await FindInArchiveAsync(reader, id, start, there, cancellationToken) ?? waiting;
            }
            catch (ArchiveDamagedException)
            {
                // The event was found all the same.
            }
        }

        return waiting;
    }

    private static async Task<byte[]?> FindInInboxAsync(StoreReader reader, byte[] start, CancellationToken cancellationToken)
    {
        byte[]? found = null;
        foreach (var batch in await reader.Inbox.ListAsync(cancellationToken))
        {
            await reader.Inbox.ReadAsync(
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

    private static async Task<FoundEvent?> FindInArchiveAsync(
        StoreReader reader, EventId id, byte[] start, EventQuery where, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await FindInPartsAsync(reader, id, start, where with { Id = id }, cancellationToken);
            }
            catch (WrongIndexException)
            {
                // Once more, without that file.
            }
        }
    }

    private static async Task<FoundEvent?> FindInPartsAsync(
        StoreReader reader, EventId id, byte[] start, EventQuery query, CancellationToken cancellationToken)
    {
        ArchiveDamagedException? damage = null;
        await foreach (var part in new ArchiveSearch(reader, query, e => damage ??= e).PartsAsync(cancellationToken))
        {
            try
            {
                if (await CanHoldAsync(reader, part, id, cancellationToken) && await FindInPartAsync(reader, start, part, cancellationToken) is { } found)
                {
                    return new FoundEvent(found, reader, await reader.Parts.SegmentOfAsync(part, cancellationToken));
                }
            }
            catch (ArchiveDamagedException e)
            {
                damage ??= e;
            }
        }

        return damage is null ? null : throw damage;
    }

    // The index has looked for the id already.
    private static async Task<bool> CanHoldAsync(StoreReader reader, ArchivePart part, EventId id, CancellationToken cancellationToken)
    {
        var held = new HashSet<EventId>();
        if (part is ArchivePart.Whole { Segment: var segment })
        {
            await reader.Ids.FindAsync(segment, [id], held, cancellationToken);
        }

        return part is ArchivePart.Member || held.Count > 0;
    }

    private static async Task<byte[]?> FindInPartAsync(StoreReader reader, byte[] start, ArchivePart part, CancellationToken cancellationToken)
    {
        byte[]? found = null;

        // Read to the end: only then a segment is known to be the one that the manifest describes.
        await reader.Parts.ReadAsync(
            part,
            line =>
            {
                if (found is null && line.StartsWith(start))
                {
                    found = line.ToArray();
                }
            },
            cancellationToken);
        return found;
    }
}

/// <summary>An event that was found.</summary>
/// <param name="Line">Its stored line.</param>
/// <param name="Reader">Reads the store that it is in, and with it the rest of the event.</param>
/// <param name="Segment">The segment of the archive that it stands in; null while it waits in the inbox.</param>
public sealed record FoundEvent(ReadOnlyMemory<byte> Line, StoreReader Reader, Segment? Segment);
