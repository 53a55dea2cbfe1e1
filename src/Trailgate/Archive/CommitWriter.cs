using Trailgate.Events;
using Trailgate.Signing;
using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>Writes everything that a plan adds to the store, in the order in which each part relies on those before.</summary>
internal sealed class CommitWriter(IBlobStore blobs, ArchiveReader reader, SigningKeys signing)
{
    private readonly SegmentWriter _segments = new(blobs);
    private readonly QuarantineWriter _quarantine = new(blobs);
    private readonly IdIndex _index = new(blobs, reader);

    /// <summary>Writes segments, quarantine, manifests and note, or finds them as they should be. A retry is safe.</summary>
    /// <returns>The manifests of the plan, ordered by region.</returns>
    /// <exception cref="ArchiveConflictException">Something else stands under one of the names; nothing was overwritten.</exception>
    /// <exception cref="ArchiveDamagedException">Something of the archive that has to be read can not be.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<IReadOnlyList<Manifest>> WriteAsync(Plan plan, PlanContent content, CancellationToken cancellationToken)
    {
        var archived = new ArchivedEvents(blobs, reader, _index);
        var heads = plan.Heads.ToDictionary(head => head.Region);
        var manifests = new List<Manifest>(content.Regions.Count);
        foreach (var (region, items) in content.Regions)
        {
            var head = heads.TryGetValue(region, out var found) ? found : (RegionHead?)null;
            items.RemoveArchived(await archived.FindAsync(region, head?.Sequence ?? 0, items, cancellationToken));
            manifests.Add(new Manifest
            {
                Region = region,
                Sequence = (head?.Sequence ?? 0) + 1,
                RunId = plan.RunId,
                Time = plan.Time,
                Previous = head?.Sha256,
                Segments = await WriteSegmentsAsync(region, (head?.Sequence ?? 0) + 1, items, cancellationToken),
                Batches = items.Batches,
                Counts = items.Counts,
                Totals = await TotalsBeforeAsync(head, cancellationToken) + items.Counts,
            });
        }

        await _quarantine.WriteAsync(plan, content.Quarantined, cancellationToken);
        foreach (var manifest in manifests)
        {
            heads[manifest.Region] = await WriteManifestAsync(manifest, cancellationToken);
        }

        await WriteNoteAsync(plan, [.. heads.Values.OrderBy(head => head.Region)], cancellationToken);
        return manifests;
    }

    /// <summary>The manifests of a plan whose note stands, ordered by region.</summary>
    /// <exception cref="ArchiveDamagedException">A manifest can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<IReadOnlyList<Manifest>> ReadAsync(Plan plan, LedgerNote note, CancellationToken cancellationToken)
    {
        var manifests = new List<Manifest>();
        foreach (var head in note.Heads.Except(plan.Heads))
        {
            manifests.Add((await reader.ReadManifestAsync(head.Region, head.Sequence, cancellationToken)).Manifest);
        }

        return manifests;
    }

    private async Task<IReadOnlyList<Segment>> WriteSegmentsAsync(
        Region region, long sequence, RegionContent items, CancellationToken cancellationToken)
    {
        var written = new List<Segment>();
        foreach (var (_, start, length) in items.Hours())
        {
            var events = items.Events.GetRange(start, length);
            var segment = await _segments.WriteAsync(region, sequence, events, cancellationToken);
            var ids = events.ConvertAll(item => item.Id).ToArray();
            Array.Sort(ids);
            await _index.WriteAsync(segment.Name, ids, cancellationToken);
            written.Add(segment);
        }

        return written;
    }

    private async Task<ArchiveCounts> TotalsBeforeAsync(RegionHead? head, CancellationToken cancellationToken)
    {
        if (head is not { } before)
        {
            return default;
        }

        var (manifest, sha256) = await reader.ReadManifestAsync(before.Region, before.Sequence, cancellationToken);
        return sha256 == before.Sha256
            ? manifest.Totals
            : throw new ArchiveDamagedException(ArchiveNames.Manifest(before.Region, before.Sequence), "the manifest is not the one that the ledger names");
    }

    private async Task<RegionHead> WriteManifestAsync(Manifest manifest, CancellationToken cancellationToken)
    {
        var name = ArchiveNames.Manifest(manifest.Region, manifest.Sequence);
        var bytes = ManifestJson.Write(manifest);
        return await blobs.PutOrCompareAsync(name, bytes, cancellationToken)
            ? new RegionHead(manifest.Region, manifest.Sequence, ArchiveReader.Sha256Of(bytes.Span))
            : throw new ArchiveConflictException(name);
    }

    private async Task WriteNoteAsync(Plan plan, IReadOnlyList<RegionHead> heads, CancellationToken cancellationToken)
    {
        var note = new LedgerNote(plan.Origin, plan.NoteSequence, plan.Time, plan.Note?.Sha256, heads);
        var name = ArchiveNames.Note(note.Sequence);
        if (await blobs.PutAsync(name, note.ToBytes(signing), cancellationToken) == PutResult.Created)
        {
            return;
        }

        // A signature differs each time, so the texts are compared and the stored note stands.
        var stored = await reader.ReadNoteAsync(note.Sequence, cancellationToken);
        if (stored?.Note.ToText() != note.ToText())
        {
            throw new ArchiveConflictException(name);
        }
    }
}
