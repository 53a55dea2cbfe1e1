using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>
/// Reads what archive runs wrote. A batch leaves the inbox only after the note over its manifests stands, so who looks
/// at both reads the inbox first and the archive afterwards, and misses nothing (but may see an event twice).
/// </summary>
/// <param name="blobs">The store.</param>
public sealed class ArchiveReader(IBlobStore blobs)
{
    /// <summary>
    /// The newest note of the ledger with the SHA-256 of its stored bytes; null when there is none. It names the head of
    /// every region that the store ever had.
    /// </summary>
    /// <exception cref="ArchiveDamagedException">The note can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<(LedgerNote Note, string Sha256)?> ReadLastNoteAsync(CancellationToken cancellationToken)
    {
        var start = await FindNoteNearEndAsync(cancellationToken);
        if (start == 0)
        {
            return await ReadNoteAsync(1, cancellationToken);
        }

        var found = await ReadNoteAsync(start, cancellationToken)
            ?? throw new ArchiveDamagedException(ArchiveNames.Note(start), "the note is missing");
        while (await ReadNoteAsync(found.Note.Sequence + 1, cancellationToken) is { } next)
        {
            found = next;
        }

        return found;
    }

    /// <summary>A note with the SHA-256 of its stored bytes; null when there is none of that sequence.</summary>
    /// <exception cref="ArchiveDamagedException">The note can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<(LedgerNote Note, string Sha256)?> ReadNoteAsync(long sequence, CancellationToken cancellationToken)
    {
        var name = ArchiveNames.Note(sequence);
        if (await blobs.ReadAsync(name, cancellationToken) is not { } content)
        {
            return null;
        }

        return LedgerNote.Read(content.Bytes.Span) is { } note && note.Sequence == sequence
            ? (note, Sha256Of(content.Bytes.Span))
            : throw new ArchiveDamagedException(name, "this is no note of its sequence");
    }

    /// <summary>All manifests of a region in the order of their sequence, those above the last note included.</summary>
    /// <exception cref="ArchiveDamagedException">A manifest can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async IAsyncEnumerable<Manifest> ReadManifestsAsync(Region region, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var path in blobs.ListPathsAsync(Containers.Archive, ArchiveNames.ManifestPrefix(region), cancellationToken))
        {
            yield return (await ReadManifestAsync(new BlobName(Containers.Archive, path), cancellationToken)).Manifest;
        }
    }

    /// <summary>All manifests that the newest note covers: region by region, each in the order of their sequence.</summary>
    /// <exception cref="ArchiveDamagedException">A note or manifest can not be read, or is not there.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async IAsyncEnumerable<Manifest> ReadAllManifestsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await ReadLastNoteAsync(cancellationToken) is not { Note: var note })
        {
            yield break;
        }

        foreach (var head in note.Heads)
        {
            for (var sequence = 1L; sequence <= head.Sequence; sequence++)
            {
                yield return (await ReadManifestAsync(head.Region, sequence, cancellationToken)).Manifest;
            }
        }
    }

    /// <summary>One manifest with the SHA-256 of its bytes.</summary>
    /// <exception cref="ArchiveDamagedException">It is not there, or can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<(Manifest Manifest, string Sha256)> ReadManifestAsync(Region region, long sequence, CancellationToken cancellationToken)
    {
        var name = ArchiveNames.Manifest(region, sequence);
        var result = await ReadManifestAsync(name, cancellationToken);
        return result.Manifest.Region == region && result.Manifest.Sequence == sequence
            ? result
            : throw new ArchiveDamagedException(name, "this is the manifest of another region or sequence");
    }

    /// <summary>
    /// The lines of a segment without their newlines, in their order, streamed. A line's memory is valid until the next
    /// one is asked for. The check against the manifest comes with the end: who stops earlier has read unchecked lines.
    /// </summary>
    /// <exception cref="ArchiveDamagedException">
    /// The segment is missing, or is not the one that the manifest describes: cut off, changed, or followed by something.
    /// </exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLinesAsync(Segment segment, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var name = new BlobName(Containers.Archive, segment.Name);
        using var lines = await SegmentLines.OpenAsync(blobs, name, cancellationToken);
        while (await lines.ReadAsync(cancellationToken))
        {
            yield return lines.Current;
        }

        if (lines.Count != segment.Lines || lines.UncompressedBytes != segment.UncompressedBytes || !lines.EndsWithNewline)
        {
            throw new ArchiveDamagedException(name, "the lines are not as many as the manifest says");
        }

        if (await lines.FinishAsync(cancellationToken) != (segment.Bytes, segment.Sha256))
        {
            throw new ArchiveDamagedException(name, "the bytes do not have the SHA-256 that the manifest names");
        }
    }

    internal static string Sha256Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>
    /// The sequence of a note that must be there, at the end of the ledger or near it; 0 when none must. A ledger of years
    /// has many notes, so the plan is asked; without one (a copy of the archive alone) the notes are listed.
    /// </summary>
    private async Task<long> FindNoteNearEndAsync(CancellationToken cancellationToken)
    {
        if (await new PlanStore(blobs).ReadAsync(cancellationToken) is { Plan: var plan })
        {
            return plan.State == PlanState.Done ? plan.NoteSequence : plan.NoteSequence - 1;
        }

        var last = 0L;
        await foreach (var path in blobs.ListPathsAsync(Containers.Ledger, "", cancellationToken))
        {
            last = Math.Max(last, ArchiveNames.SequenceOfNote(path) ?? 0);
        }

        return last;
    }

    private async Task<(Manifest Manifest, string Sha256)> ReadManifestAsync(BlobName name, CancellationToken cancellationToken)
    {
        var content = await blobs.ReadAsync(name, cancellationToken)
            ?? throw new ArchiveDamagedException(name, "the manifest is missing");
        var manifest = ManifestJson.Read(content.Bytes) ?? throw new ArchiveDamagedException(name, "this is no manifest");
        return (manifest, Sha256Of(content.Bytes.Span));
    }
}
