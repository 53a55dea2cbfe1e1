using Trailgate.Archive;
using Trailgate.Events;

namespace Trailgate.Query.Index;

/// <summary>Reads one file of the index, no more of it than is asked for. Every part is checked by its hash.</summary>
internal sealed class DayFile
{
    private readonly IndexBlobs _blobs;
    private readonly IndexedDay _day;

    private DayFile(IndexBlobs blobs, Region region, IndexedDay day, DayHeader header)
    {
        _blobs = blobs;
        _day = day;
        Region = region;
        Header = header;
    }

    public Region Region { get; }

    public DateTime Date => _day.Date;

    public IndexedDay Day => _day;

    public DayHeader Header { get; }

    /// <summary>Opens the file that a catalog names.</summary>
    /// <exception cref="InvalidDataException">It is missing or damaged.</exception>
    /// <exception cref="Storage.StorageException">The store could not do it; a retry is safe.</exception>
    public static async Task<DayFile> OpenAsync(IndexBlobs blobs, Region region, IndexedDay day, CancellationToken cancellationToken)
    {
        var bytes = await blobs.ReadAsync(
            day.NameIn(region), 0, day.HeaderLength, read => ArchiveReader.Sha256Of(read) == day.Sha256, cancellationToken);
        return new DayFile(blobs, region, day, DayHeader.Read(bytes.Span, region, day.Date));
    }

    /// <summary>Reads blocks, by their numbers in ascending order; neighbours in one go.</summary>
    /// <exception cref="InvalidDataException">One is damaged, or the file is gone.</exception>
    /// <exception cref="Storage.StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(IReadOnlyList<int> blocks, CancellationToken cancellationToken)
    {
        var read = new List<ReadOnlyMemory<byte>>(blocks.Count);
        for (var next = 0; next < blocks.Count;)
        {
            var end = next + 1;
            while (end < blocks.Count && blocks[end] == blocks[end - 1] + 1)
            {
                end++;
            }

            await ReadRunAsync(blocks[next], end - next, read, cancellationToken);
            next = end;
        }

        return read;
    }

    private async Task ReadRunAsync(int first, int count, List<ReadOnlyMemory<byte>> read, CancellationToken cancellationToken)
    {
        var (start, _) = Header.RangeOf(first);
        var (lastStart, lastLength) = Header.RangeOf(first + count - 1);
        var bytes = await _blobs.ReadAsync(
            _day.NameIn(Region), start, checked((int)(lastStart + lastLength - start)), run => AreBlocks(run, first, count), cancellationToken);
        for (var block = first; block < first + count; block++)
        {
            var (offset, length) = Header.RangeOf(block);
            read.Add(bytes.Slice((int)(offset - start), length));
        }
    }

    private bool AreBlocks(ReadOnlySpan<byte> run, int first, int count)
    {
        for (var block = first; block < first + count; block++)
        {
            var (_, length) = Header.RangeOf(block);
            if (run.Length < length || !Header.IsBlock(block, run[..length]))
            {
                return false;
            }

            run = run[length..];
        }

        return true;
    }
}
