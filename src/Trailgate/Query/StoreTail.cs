using Trailgate.Archive;
using Trailgate.Events;

namespace Trailgate.Query;

/// <summary>
/// Follows one store. Batches may be archived between two looks: manifests name the batches that they took in, so those that
/// were never seen are told from their segments.
/// </summary>
internal sealed class StoreTail
{
    // Ids of 16 bytes: copies of an event come within minutes.
    private const int MaxTold = 200_000;

    private readonly StoreReader _reader;
    private readonly Dictionary<Region, long> _heads;
    private readonly HashSet<string> _seen;
    private readonly HashSet<EventId> _told = [];
    private readonly Queue<EventId> _oldest = new();

    // What waited when the tail began is old, and so is its copy in a segment that new events share.
    private readonly HashSet<EventId> _old = [];

    private StoreTail(StoreReader reader, Dictionary<Region, long> heads, HashSet<string> seen)
    {
        _reader = reader;
        _heads = heads;
        _seen = seen;
    }

    /// <summary>Begins behind what is there now.</summary>
    public static async Task<StoreTail> BeginAsync(StoreReader reader, CancellationToken cancellationToken)
    {
        var note = await reader.Catalog.LastNoteAsync(cancellationToken);
        var tail = new StoreTail(reader, (note?.Heads ?? []).ToDictionary(static head => head.Region, static head => head.Sequence), []);
        foreach (var batch in await reader.Inbox.ListAsync(cancellationToken))
        {
            await reader.Inbox.ReadAsync(batch, tail.Forget, cancellationToken);
            tail._seen.Add(batch.Path);
        }

        return tail;
    }

    /// <summary>Tells what is new.</summary>
    public async Task LookAsync(EventMatcher matcher, Action<ReadOnlySpan<byte>> tell, CancellationToken cancellationToken)
    {
        var waiting = await _reader.Inbox.ListAsync(cancellationToken);
        foreach (var batch in waiting)
        {
            if (!_seen.Contains(batch.Path) && await _reader.Inbox.ReadAsync(batch, line => Tell(line, matcher, tell), cancellationToken) is not null)
            {
                _seen.Add(batch.Path);
            }
        }

        if (await _reader.Catalog.LastNoteAsync(cancellationToken) is { } note)
        {
            await TellArchivedAsync(note, matcher, tell, cancellationToken);
        }

        // A batch that is gone and was seen is archived: its name does not come back.
        _seen.IntersectWith(waiting.Select(static batch => batch.Path));
    }

    private async Task TellArchivedAsync(LedgerNote note, EventMatcher matcher, Action<ReadOnlySpan<byte>> tell, CancellationToken cancellationToken)
    {
        foreach (var head in note.Heads)
        {
            for (var sequence = _heads.GetValueOrDefault(head.Region) + 1; sequence <= head.Sequence; sequence++)
            {
                var (manifest, _) = await _reader.Archive.ReadManifestAsync(head.Region, sequence, cancellationToken);
                if (manifest.Batches.Any(batch => !_seen.Contains(batch.Name)))
                {
                    await TellSegmentsAsync(manifest, matcher, tell, cancellationToken);
                }

                _heads[head.Region] = sequence;
            }
        }
    }

    private async Task TellSegmentsAsync(Manifest manifest, EventMatcher matcher, Action<ReadOnlySpan<byte>> tell, CancellationToken cancellationToken)
    {
        foreach (var segment in manifest.Segments)
        {
            await foreach (var line in _reader.Archive.ReadLinesAsync(segment, cancellationToken))
            {
                Tell(line.Span, matcher, tell);
            }
        }
    }

    private void Tell(ReadOnlySpan<byte> line, EventMatcher matcher, Action<ReadOnlySpan<byte>> tell)
    {
        if (!matcher.Matches(line, page: null, out var id, out _) || _old.Contains(id) || !_told.Add(id))
        {
            return;
        }

        _oldest.Enqueue(id);
        if (_oldest.Count > MaxTold)
        {
            _told.Remove(_oldest.Dequeue());
        }

        tell(line);
    }

    private void Forget(ReadOnlySpan<byte> line)
    {
        if (EventLine.TryRead(line, out var old))
        {
            _old.Add(old.Id);
        }
    }
}
