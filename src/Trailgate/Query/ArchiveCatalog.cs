using System.Collections.Concurrent;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Knows the newest ledger note and what the manifests under it list. Notes and manifests never change, so each is read
/// once while the memory set aside for them lasts.
/// </summary>
public sealed class ArchiveCatalog(IBlobStore blobs, ArchiveReader archive)
{
    // In segments, about 1 KB each. Full means full: in a scan longer than the memory, the oldest out would hit nothing.
    private const int MaxRemembered = 50_000;

    private readonly ConcurrentDictionary<(Region Region, long Sequence), IReadOnlyList<Segment>> _segments = new();
    private readonly ConcurrentDictionary<(Region Region, long Sequence), ArchiveCounts> _totals = new();
    private LedgerNote? _note;
    private int _remembered;

    /// <summary>The newest note; null when nothing was archived yet.</summary>
    /// <exception cref="ArchiveDamagedException">The note can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<LedgerNote?> LastNoteAsync(CancellationToken cancellationToken)
    {
        var known = Volatile.Read(ref _note);
        var last = known?.Sequence ?? 0;
        await foreach (var entry in blobs.ListAsync(Containers.Ledger, "", known is null ? null : ArchiveNames.Note(last).Path, cancellationToken))
        {
            last = Math.Max(last, ArchiveNames.SequenceOfNote(entry.Name.Path) ?? 0);
        }

        if (last == (known?.Sequence ?? 0))
        {
            return known;
        }

        var (note, _) = await archive.ReadNoteAsync(last, cancellationToken)
            ?? throw new ArchiveDamagedException(ArchiveNames.Note(last), "the note was listed and is gone");
        Volatile.Write(ref _note, note);
        return note;
    }

    /// <summary>
    /// The segments that can hold what a query asks for, the one with the first event of its order first. A manifest that can not be
    /// read is reported and left out: one damage must not hide everything else.
    /// </summary>
    /// <exception cref="ArchiveDamagedException">The newest note can not be read, so nobody knows what is archived.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    internal async Task<IReadOnlyList<Segment>> FindSegmentsAsync(EventQuery query, Action<ArchiveDamagedException> report, CancellationToken cancellationToken)
    {
        var found = new List<Segment>();
        var heads = (await LastNoteAsync(cancellationToken))?.Heads ?? [];
        foreach (var head in heads.Where(head => query.Wants(head.Region)))
        {
            for (var sequence = 1L; sequence <= head.Sequence; sequence++)
            {
                try
                {
                    var listed = await SegmentsAsync(head.Region, sequence, cancellationToken);
                    found.AddRange(listed.Where(segment => query.Wants(segment.MinTime, segment.MaxTime)));
                }
                catch (ArchiveDamagedException e)
                {
                    report(e);
                }
            }
        }

        found.Sort(query.Order == EventOrder.Oldest
            ? static (left, right) => left.MinTime.CompareTo(right.MinTime)
            : static (left, right) => right.MaxTime.CompareTo(left.MaxTime));
        return found;
    }

    // The segments that a manifest lists.
    private async ValueTask<IReadOnlyList<Segment>> SegmentsAsync(Region region, long sequence, CancellationToken cancellationToken)
    {
        if (_segments.TryGetValue((region, sequence), out var segments))
        {
            return segments;
        }

        segments = (await archive.ReadManifestAsync(region, sequence, cancellationToken)).Manifest.Segments;
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

        var (manifest, sha256) = await archive.ReadManifestAsync(head.Region, head.Sequence, cancellationToken);
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
