using System.Security.Cryptography;
using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Hashing;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>Puts together the proof that an event stands in the archive.</summary>
public sealed class EventProver(EventLookup lookup)
{
    /// <summary>Proves an event.</summary>
    /// <exception cref="ArchiveDamagedException">A part of the archive that the proof needs can not be read, or does not fit.</exception>
    /// <exception cref="StorageException">A store could not do it; a retry is safe.</exception>
    public async Task<ProofResult> ProveAsync(EventId id, CancellationToken cancellationToken)
    {
        if (await lookup.FindAsync(id, cancellationToken) is not { } found)
        {
            return new ProofResult.NoSuchEvent();
        }

        return found.Segment is { } segment
            ? new ProofResult.Proven(await ProveAsync(found, segment, cancellationToken))
            : new ProofResult.Waiting();
    }

    private static async Task<EventProof> ProveAsync(FoundEvent found, Segment segment, CancellationToken cancellationToken)
    {
        var blobs = found.Reader.Store.Blobs;
        var segmentName = new BlobName(Containers.Archive, segment.Name);
        if (!EventLine.TryRead(found.Line.Span, out var header) || ArchiveNames.SequenceOfSegment(segment.Name) is not { } sequence)
        {
            throw new ArchiveDamagedException(segmentName, "the event can not be read");
        }

        var (index, path) = await FindPathAsync(found, segment, cancellationToken);
        if (MerklePath.RootOf(found.Line.Span, index, segment.Lines, path) != segment.MerkleRoot)
        {
            throw new ArchiveDamagedException(segmentName, "its lines do not have the Merkle root that the manifest names");
        }

        var manifestName = ArchiveNames.Manifest(header.Region, sequence);
        var manifest = await blobs.ReadAsync(manifestName, cancellationToken)
            ?? throw new ArchiveDamagedException(manifestName, "the manifest is missing");
        var note = await FindNoteAsync(found.Reader, header.Region, sequence, cancellationToken);
        if (note.Head.Sha256 != ArchiveReader.Sha256Of(manifest.Bytes.Span))
        {
            throw new ArchiveDamagedException(manifestName, "this is not the manifest that the ledger note names");
        }

        var overflow = OverflowReader.NameIn(found.Line);
        return new EventProof
        {
            Event = found.Line,
            Overflow = overflow is { } name ? await found.Reader.Overflows.ReadAsync(name, cancellationToken) : null,
            Segment = segment.Name,
            Index = index,
            Path = path,
            Manifest = manifest.Bytes,
            Note = Encoding.UTF8.GetString(note.Bytes.Span),
        };
    }

    private static async Task<(int Index, IReadOnlyList<string> Path)> FindPathAsync(FoundEvent found, Segment segment, CancellationToken cancellationToken)
    {
        var leaves = new byte[checked(segment.Lines * SHA256.HashSizeInBytes)];
        var (index, line) = (-1, 0);
        await foreach (var current in found.Reader.Archive.ReadLinesAsync(segment, cancellationToken))
        {
            if (line < segment.Lines)
            {
                MerkleTree.Leaf(current.Span, leaves.AsSpan(line * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes));
            }

            index = current.Span.SequenceEqual(found.Line.Span) ? line : index;
            line++;
        }

        return index >= 0
            ? (index, MerklePath.Of(leaves, index))
            : throw new ArchiveDamagedException(new BlobName(Containers.Archive, segment.Name), "the event was there a moment ago");
    }

    /// <summary>The first note that names a manifest of the region as late as this: the one of its own run, which names this very one.</summary>
    private static async Task<(RegionHead Head, ReadOnlyMemory<byte> Bytes)> FindNoteAsync(
        StoreReader reader, Region region, long sequence, CancellationToken cancellationToken)
    {
        var (low, high) = (1L, (await reader.Catalog.LastNoteAsync(cancellationToken))?.Sequence ?? 0);
        var found = default((RegionHead Head, ReadOnlyMemory<byte> Bytes)?);
        while (low <= high)
        {
            var middle = low + (high - low) / 2;
            var (note, bytes) = await ReadNoteAsync(reader, middle, cancellationToken);
            var head = note.Heads.FirstOrDefault(head => head.Region == region);
            if (head.Sequence >= sequence)
            {
                (found, high) = ((head, bytes), middle - 1);
            }
            else
            {
                low = middle + 1;
            }
        }

        return found is { } note1 && note1.Head.Sequence == sequence
            ? note1
            : throw new ArchiveDamagedException(ArchiveNames.Manifest(region, sequence), "no note of the ledger names this manifest as the last of its region");
    }

    private static async Task<(LedgerNote Note, ReadOnlyMemory<byte> Bytes)> ReadNoteAsync(StoreReader reader, long sequence, CancellationToken cancellationToken)
    {
        var name = ArchiveNames.Note(sequence);
        var content = await reader.Store.Blobs.ReadAsync(name, cancellationToken) ?? throw new ArchiveDamagedException(name, "the note is missing");
        return (LedgerNote.Read(content.Bytes.Span) ?? throw new ArchiveDamagedException(name, "this is no note"), content.Bytes);
    }
}

/// <summary>What became of the wish for a proof.</summary>
public abstract record ProofResult
{
    private ProofResult()
    {
    }

    /// <summary>The event is archived, and this proves it.</summary>
    public sealed record Proven(EventProof Proof) : ProofResult;

    /// <summary>The event is durable and waits in the inbox: the next archive run makes it provable.</summary>
    public sealed record Waiting : ProofResult;

    /// <summary>There is no such event.</summary>
    public sealed record NoSuchEvent : ProofResult;
}
