using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query.Index;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Knows the newest ledger note and what is archived under it: by the index, and by the manifests that are newer. Notes and manifests
/// never change, so each is read once while the memory set aside for them lasts.
/// </summary>
public sealed class ArchiveCatalog
{
    // In segments, about 1 KB each. Full means full: in a scan longer than the memory, the oldest out would hit nothing.
    private const int MaxRemembered = 50_000;

    private readonly ConcurrentDictionary<(Region Region, long Sequence), IReadOnlyList<Segment>> _segments = new();
    private readonly ConcurrentDictionary<(Region Region, long Sequence), ArchiveCounts> _totals = new();
    private readonly ConcurrentDictionary<Region, long> _forgotten = new();
    private readonly IBlobStore _blobs;
    private readonly ArchiveReader _archive;
    private readonly RegionIndexes _indexes;
    private LedgerNote? _note;
    private int _remembered;

    internal ArchiveCatalog(IBlobStore blobs, ArchiveReader archive, RegionIndexes indexes) => (_blobs, _archive, _indexes) = (blobs, archive, indexes);

    /// <summary>The newest note; null when nothing was archived yet.</summary>
    /// <exception cref="ArchiveDamagedException">The note can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<LedgerNote?> LastNoteAsync(CancellationToken cancellationToken)
    {
        var known = Volatile.Read(ref _note);
        var last = known?.Sequence ?? 0;
        await foreach (var entry in _blobs.ListAsync(Containers.Ledger, "", known is null ? null : ArchiveNames.Note(last).Path, cancellationToken))
        {
            last = Math.Max(last, ArchiveNames.SequenceOfNote(entry.Name.Path) ?? 0);
        }

        if (last == (known?.Sequence ?? 0))
        {
            return known;
        }

        var (note, _) = await _archive.ReadNoteAsync(last, cancellationToken)
            ?? throw new ArchiveDamagedException(ArchiveNames.Note(last), "the note was listed and is gone");
        Volatile.Write(ref _note, note);
        return note;
    }

    /// <summary>
    /// The days on which something can be that a query asks for, in its order: what the index knows of each, and the segments
    /// that no index knows. A manifest that can not be read is reported and left out: one damage must not hide everything else.
    /// </summary>
    /// <exception cref="ArchiveDamagedException">The newest note can not be read, so nobody knows what is archived.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    internal async Task<IReadOnlyList<ArchiveDay>> FindDaysAsync(EventQuery query, Action<ArchiveDamagedException> report, CancellationToken cancellationToken)
    {
        var days = new SortedDictionary<DateTime, ArchiveDay>();
        foreach (var head in (await LastNoteAsync(cancellationToken))?.Heads ?? [])
        {
            if (!query.Wants(head.Region))
            {
                continue;
            }

            var catalog = await _indexes.FindAsync(head, cancellationToken);
            foreach (var day in catalog?.Days.Where(day => query.Wants(day.From, day.To)).GroupBy(static day => day.Date) ?? [])
            {
                DayOf(day.Key).Indexed.Add(new RegionDay(head.Region, day.Key, [.. day], catalog!.Sequence)); // not null: it has days
            }

            Forget(head.Region, catalog?.Sequence ?? 0);
            await foreach (var segment in SegmentsAsync(head.Region, (catalog?.Sequence ?? 0) + 1, head.Sequence, report, cancellationToken))
            {
                if (query.Wants(segment.MinTime, segment.MaxTime))
                {
                    DayOf(segment.MinTime.Hour.Date).Segments.Add(segment);
                }
            }
        }

        return [.. query.Order == EventOrder.Oldest ? days.Values : days.Values.Reverse()];

        ArchiveDay DayOf(DateTime date)
        {
            if (!days.TryGetValue(date, out var day))
            {
                days.Add(date, day = new ArchiveDay(date));
            }

            return day;
        }
    }

    /// <summary>
    /// All segments that can hold what a query asks for, by the manifests alone; in no order. A manifest that can not be read is
    /// reported and left out.
    /// </summary>
    /// <exception cref="ArchiveDamagedException">The newest note can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    internal async Task<IReadOnlyList<Segment>> FindSegmentsAsync(EventQuery query, Action<ArchiveDamagedException> report, CancellationToken cancellationToken)
    {
        var found = new List<Segment>();
        foreach (var head in (await LastNoteAsync(cancellationToken))?.Heads.Where(head => query.Wants(head.Region)) ?? [])
        {
            await foreach (var segment in SegmentsAsync(head.Region, 1, head.Sequence, report, cancellationToken))
            {
                if (query.Wants(segment.MinTime, segment.MaxTime))
                {
                    found.Add(segment);
                }
            }
        }

        return found;
    }

    /// <summary>The segments that some manifests of a region list. A manifest that can not be read is reported and left out.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    internal async IAsyncEnumerable<Segment> SegmentsAsync(
        Region region, long first, long last, Action<ArchiveDamagedException> report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var sequence = first; sequence <= last; sequence++)
        {
            IReadOnlyList<Segment> listed = [];
            try
            {
                listed = await SegmentsAsync(region, sequence, cancellationToken);
            }
            catch (ArchiveDamagedException e)
            {
                report(e);
            }

            foreach (var segment in listed)
            {
                yield return segment;
            }
        }
    }

    // What the index has come to know needs no place in memory.
    private void Forget(Region region, long indexed)
    {
        if (indexed <= _forgotten.GetValueOrDefault(region))
        {
            return;
        }

        _forgotten[region] = indexed;
        foreach (var known in _segments.Keys.Where(known => known.Region == region && known.Sequence <= indexed))
        {
            if (_segments.TryRemove(known, out var segments))
            {
                Interlocked.Add(ref _remembered, -segments.Count - 1);
            }
        }
    }

    // The segments that a manifest lists.
    private async ValueTask<IReadOnlyList<Segment>> SegmentsAsync(Region region, long sequence, CancellationToken cancellationToken)
    {
        if (_segments.TryGetValue((region, sequence), out var segments))
        {
            return segments;
        }

        segments = (await _archive.ReadManifestAsync(region, sequence, cancellationToken)).Manifest.Segments;
        if (_remembered < MaxRemembered && _segments.TryAdd((region, sequence), segments))
        {
            // An empty list takes room too.
            Interlocked.Add(ref _remembered, segments.Count + 1);
        }

        return segments;
    }

    /// <summary>The running totals of a region at the head that a note names.</summary>
    /// <exception cref="ArchiveDamagedException">The manifest is not there, can not be read, or is not the one of the note.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    internal async ValueTask<ArchiveCounts> TotalsAsync(RegionHead head, CancellationToken cancellationToken)
    {
        if (_totals.TryGetValue((head.Region, head.Sequence), out var totals))
        {
            return totals;
        }

        var (manifest, sha256) = await _archive.ReadManifestAsync(head.Region, head.Sequence, cancellationToken);
        if (sha256 != head.Sha256)
        {
            throw new ArchiveDamagedException(ArchiveNames.Manifest(head.Region, head.Sequence), "this is not the manifest that the ledger note names");
        }

        foreach (var older in _totals.Keys.Where(key => key.Region == head.Region && key.Sequence < head.Sequence))
        {
            _totals.TryRemove(older, out _);
        }

        _totals[(head.Region, head.Sequence)] = manifest.Totals;
        return manifest.Totals;
    }
}
