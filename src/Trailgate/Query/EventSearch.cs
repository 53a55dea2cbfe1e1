using Microsoft.Extensions.Logging;
using Trailgate.Archive;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Answers event queries: inbox first, archive afterwards. A batch leaves the inbox only when the note over its manifests
/// stands, so an event that moves meanwhile is seen at least once, and one copy of it is shown. Never opened is what can
/// not hold an event that the query asks for and that is newer than the last of a full page.
/// </summary>
public sealed partial class EventSearch(InboxReader inbox, ArchiveCatalog catalog, ArchiveReader archive, ILogger<EventSearch> logger)
{
    /// <summary>Finds the newest events that a query asks for. A retry is safe.</summary>
    /// <exception cref="ArchiveDamagedException">The newest ledger note can not be read, so nobody knows what is archived.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<EventPage> FindAsync(EventQuery query, CancellationToken cancellationToken)
    {
        var matcher = new EventMatcher(query);
        var found = new NewestEvents(query.Limit);
        var damaged = new List<BlobName>();
        var source = 0;

        // Newest first, so that a page soon is full of what older batches can not beat.
        foreach (var batch in (await inbox.ListAsync(cancellationToken)).Reverse())
        {
            if (inbox.Known(batch)?.CanHold(query, found.Floor) ?? true)
            {
                source++;
                await inbox.ReadAsync(batch, line => Offer(line), cancellationToken);
            }
        }

        foreach (var segment in await catalog.FindSegmentsAsync(query, e => Report(e), cancellationToken))
        {
            if (segment.MaxTime < found.Floor)
            {
                break;
            }

            source++;
            try
            {
                await foreach (var line in archive.ReadLinesAsync(segment, cancellationToken))
                {
                    Offer(line.Span);
                }
            }
            catch (ArchiveDamagedException e)
            {
                Report(e);
            }
        }

        return new EventPage(found.Lines, found.More, damaged);

        void Report(ArchiveDamagedException damage)
        {
            LogDamaged(damage);
            damaged.Add(damage.Blob);
        }

        void Offer(ReadOnlySpan<byte> line)
        {
            if (matcher.Matches(line, found.Floor, out var id, out var time))
            {
                found.Offer(id, time, line, source);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "A part of the archive can not be read, so queries do not see all of it.")]
    private partial void LogDamaged(ArchiveDamagedException exception);
}

/// <summary>The newest events that a query asked for.</summary>
/// <param name="Lines">Normalized events as they are stored, newest first.</param>
/// <param name="More">Whether older ones match too.</param>
/// <param name="Damaged">Parts of the archive that could not be read whole: the answer may lack events of them.</param>
public sealed record EventPage(IReadOnlyList<ReadOnlyMemory<byte>> Lines, bool More, IReadOnlyList<BlobName> Damaged);
