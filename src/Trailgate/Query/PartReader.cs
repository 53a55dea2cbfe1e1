using Trailgate.Archive;
using Trailgate.Query.Index;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>Reads parts of the archive of one store: of a segment no more than the member that is asked for.</summary>
internal sealed class PartReader(IBlobStore blobs, ArchiveReader archive, RegionIndexes indexes)
{
    /// <summary>Shows the lines of a part. Those of a member are known to be unchanged before the first is shown.</summary>
    /// <exception cref="ArchiveDamagedException">The segment is missing or not the one that its manifest describes.</exception>
    /// <exception cref="WrongIndexException">The index does not fit to the archive; that file is refused from now on.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task ReadAsync(ArchivePart part, InboxReader.LineVisitor visit, CancellationToken cancellationToken)
    {
        switch (part)
        {
            case ArchivePart.Member member:
                Show((await InflateAsync(member, cancellationToken)).Span, visit);
                break;
            case ArchivePart.Whole whole:
                await foreach (var line in archive.ReadLinesAsync(whole.Segment, cancellationToken))
                {
                    visit(line.Span);
                }

                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>The segment that a part belongs to, as its manifest describes it.</summary>
    /// <exception cref="ArchiveDamagedException">The manifest can not be read.</exception>
    /// <exception cref="WrongIndexException">It lists no such segment; that file of the index is refused from now on.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<Segment> SegmentOfAsync(ArchivePart part, CancellationToken cancellationToken)
    {
        if (part is not ArchivePart.Member { File: var file, Facts: var facts })
        {
            return ((ArchivePart.Whole)part).Segment;
        }

        var name = facts.SegmentName(file.Region);
        var (manifest, _) = await archive.ReadManifestAsync(file.Region, facts.Sequence, cancellationToken);
        return manifest.Segments.FirstOrDefault(segment => segment.Name == name) ?? throw Wrong(file);
    }

    private static void Show(ReadOnlySpan<byte> lines, InboxReader.LineVisitor visit)
    {
        foreach (var range in lines[..^1].Split((byte)'\n'))
        {
            visit(lines[range]);
        }
    }

    private async Task<ReadOnlyMemory<byte>> InflateAsync(ArchivePart.Member part, CancellationToken cancellationToken)
    {
        var (file, facts) = (part.File, part.Facts);
        if (facts.Lines > 0
            && await ReadStoredAsync(part, cancellationToken) is { } stored
            && DayBuilder.SealOf(stored) == await SealOfAsync(part, cancellationToken)
            && new GzipMembers().Inflate(stored) is { } lines
            && lines.Span is [.., (byte)'\n']
            && lines.Span.Count((byte)'\n') == facts.Lines)
        {
            return lines;
        }

        // Either the segment was changed, which reading all of it tells, or the index is wrong about it.
        await foreach (var _ in archive.ReadLinesAsync(await SegmentOfAsync(part, cancellationToken), cancellationToken))
        {
            // Nothing is shown of it.
        }

        throw Wrong(file);
    }

    private async Task<byte[]?> ReadStoredAsync(ArchivePart.Member part, CancellationToken cancellationToken)
    {
        var name = new BlobName(Containers.Archive, part.Facts.SegmentName(part.File.Region));
        if (await blobs.OpenReadAsync(name, part.Facts.Offset, part.Facts.Length, cancellationToken) is not { } stream)
        {
            return null;
        }

        await using (stream)
        {
            using var stored = new MemoryStream();
            await stream.CopyToAsync(stored, cancellationToken);
            return stored.Length == part.Facts.Length ? stored.ToArray() : null;
        }
    }

    private async Task<UInt128> SealOfAsync(ArchivePart.Member part, CancellationToken cancellationToken)
    {
        try
        {
            var block = await part.File.ReadAsync([DayBlocks.Seals], cancellationToken);
            return DayColumns.ReadSeals(block[0], part.File.Header.Members)[part.Number];
        }
        catch (InvalidDataException)
        {
            throw Wrong(part.File); // gone meanwhile, most of the time: a newer one took its place
        }
    }

    private WrongIndexException Wrong(DayFile file)
    {
        indexes.Refuse(file.Region, file.Day);
        return new WrongIndexException(file);
    }
}
