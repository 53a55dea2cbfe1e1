using Microsoft.Extensions.Logging;
using Trailgate.Archive;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Answers event queries: store by store, inbox first, archive afterwards. A batch leaves the inbox only when the note
/// over its manifests stands, so an event that moves meanwhile is seen at least once, and one copy of it is shown. Never
/// opened is what can not hold an event that the query asks for and that comes before the last of a full page.
/// </summary>
public sealed partial class EventSearch(StoreReaders readers, ILogger<EventSearch> logger)
{
    /// <summary>Finds the events that a query asks for. A retry is safe.</summary>
    /// <exception cref="ArchiveDamagedException">No newest ledger note can be read, so nobody knows what is archived.</exception>
    /// <exception cref="StorageException">No store could do it; a retry is safe.</exception>
    public async Task<EventPage> FindAsync(EventQuery query, CancellationToken cancellationToken)
    {
        var page = new Page(query);
        var unavailable = await readers.AskAllAsync((reader, token) => SearchAsync(reader, page, token), cancellationToken);
        var events = page.Found.Events;
        return new EventPage([.. events.Select(found => found.Line)], page.Found.More, page.Damaged)
        {
            Last = events.Count == 0 ? null : events[^1].Position,
            Unavailable = unavailable,
        };
    }

    private async Task SearchAsync(StoreReader reader, Page page, CancellationToken cancellationToken)
    {
        // In the order asked for, so that a page soon is full of what the others can not beat.
        var batches = await reader.Inbox.ListAsync(cancellationToken);
        foreach (var batch in page.Query.Order == EventOrder.Oldest ? batches : batches.Reverse())
        {
            if (reader.Inbox.Known(batch)?.CanHold(page.Query, page.Found) ?? true)
            {
                page.Source++;
                await reader.Inbox.ReadAsync(batch, page.Offer, cancellationToken);
            }
        }

        foreach (var segment in await reader.Catalog.FindSegmentsAsync(page.Query, e => Report(reader, page, e), cancellationToken))
        {
            if (!page.Found.CanTake(segment.MinTime, segment.MaxTime))
            {
                continue;
            }

            page.Source++;
            try
            {
                await foreach (var line in reader.Archive.ReadLinesAsync(segment, cancellationToken))
                {
                    page.Offer(line.Span);
                }
            }
            catch (ArchiveDamagedException e)
            {
                Report(reader, page, e);
            }
        }
    }

    private void Report(StoreReader reader, Page page, ArchiveDamagedException damage)
    {
        LogDamaged(reader.Store, damage);
        page.Damaged.Add(new DamagedPart(reader.Store.Name, damage.Blob));
    }

    [LoggerMessage(LogLevel.Error, "A part of the archive of the store {Store} can not be read, so queries do not see all of it.")]
    private partial void LogDamaged(Store store, ArchiveDamagedException exception);

    /// <summary>What was found so far.</summary>
    private sealed class Page(EventQuery query)
    {
        private readonly EventMatcher _matcher = new(query);

        public EventQuery Query => query;

        public FirstEvents Found { get; } = new(query.Limit, query.Order, query.After);

        public List<DamagedPart> Damaged { get; } = [];

        /// <summary>Counts the batches and segments that were read.</summary>
        public int Source { get; set; }

        public void Offer(ReadOnlySpan<byte> line)
        {
            if (_matcher.Matches(line, Found, out var id, out var time))
            {
                Found.Offer(id, time, line, Source);
            }
        }
    }
}

/// <summary>The events that a query asked for.</summary>
/// <param name="Lines">Normalized events as they are stored, in the order asked for.</param>
/// <param name="More">Whether there are more behind them.</param>
/// <param name="Damaged">Parts of the archive that could not be read whole: the answer may lack events of them.</param>
public sealed record EventPage(IReadOnlyList<ReadOnlyMemory<byte>> Lines, bool More, IReadOnlyList<DamagedPart> Damaged)
{
    /// <summary>Where the page ended; null when it is empty.</summary>
    public EventPosition? Last { get; init; }

    /// <summary>The cursor of the page behind this one; null when there is none.</summary>
    public string? Next => More ? Last?.ToCursor() : null;

    /// <summary>The names of the stores that did not answer: the events that only they hold are missing.</summary>
    public IReadOnlyList<string> Unavailable { get; init; } = [];
}

/// <summary>A part of a store's archive that can not be read.</summary>
/// <param name="Store">The name of the store.</param>
/// <param name="Blob">The part.</param>
public readonly record struct DamagedPart(string Store, BlobName Blob)
{
    /// <summary>The blob's name, behind the name of a store that is not the default one.</summary>
    public override string ToString() => Store == Trailgate.Storage.Store.DefaultName ? Blob.ToString() : $"{Store}:{Blob}";
}
