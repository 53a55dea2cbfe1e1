using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Trailgate.Events;

namespace Trailgate.Query.Index;

/// <summary>
/// The beginning of an index file: of what it is, and where its blocks lie, each with the begin of its SHA-256. So a block
/// is read alone and checked alone; the header itself is named by its SHA-256 in the region's catalog.
/// </summary>
internal sealed class DayHeader
{
    /// <summary>Begins each file: the format and its version.</summary>
    public static ReadOnlySpan<byte> Magic => "TGIDX1\n"u8;

    private const int HashBytes = sizeof(ulong);
    private const int MaxMembers = 1 << 24; // of a day, each with a place in memory
    private readonly (long Offset, int Length, ulong Hash)[] _blocks;

    private DayHeader((long Offset, int Length, ulong Hash)[] blocks) => _blocks = blocks;

    public required int Members { get; init; }

    /// <summary>How many of them may hold anything, see <see cref="IndexedMember.IsOdd"/>.</summary>
    public required int OddMembers { get; init; }

    /// <summary>Events whose rows the columns have.</summary>
    public required int Rows { get; init; }

    /// <summary>How many pages the table of ids, of correlation ids and of targets has.</summary>
    public required IReadOnlyList<int> Pages { get; init; }

    public int BlockCount => _blocks.Length;

    /// <summary>The number of the block that is a page of a table.</summary>
    public int BlockOf(DayTable table, uint hash) => DayBlocks.FirstPage + Pages.Take((int)table).Sum() + TokenTable.PageOf(hash, Pages[(int)table]);

    /// <summary>Where a block lies in the file.</summary>
    public (long Offset, int Length) RangeOf(int block) => (_blocks[block].Offset, _blocks[block].Length);

    /// <summary>Whether bytes are those of a block.</summary>
    public bool IsBlock(int block, ReadOnlySpan<byte> bytes) => bytes.Length == _blocks[block].Length && HashOf(bytes) == _blocks[block].Hash;

    /// <summary>The header of a file with these blocks.</summary>
    public static byte[] Write(Region region, DateTime date, (int Members, int Odd, int Rows) counts, IReadOnlyList<int> pages, IReadOnlyList<byte[]> blocks)
    {
        var header = new BlockWriter();
        Span<byte> hash = stackalloc byte[HashBytes];
        header.Raw(Magic);
        header.Text(PlaceOf(region, date));
        header.Number(counts.Members);
        header.Number(counts.Odd);
        header.Number(counts.Rows);
        foreach (var count in pages)
        {
            header.Number(count);
        }

        foreach (var block in blocks)
        {
            BinaryPrimitives.WriteUInt64BigEndian(hash, HashOf(block));
            header.Number(block.Length);
            header.Raw(hash);
        }

        return header.ToArray();
    }

    /// <summary>Reads a header.</summary>
    /// <exception cref="InvalidDataException">It is none, or that of another day.</exception>
    public static DayHeader Read(ReadOnlySpan<byte> bytes, Region region, DateTime date)
    {
        var reader = new BlockReader(bytes);
        if (!reader.Raw(Magic.Length).SequenceEqual(Magic) || reader.Text() != PlaceOf(region, date))
        {
            throw new InvalidDataException("This is no index of that region and day.");
        }

        var members = (int)reader.Number(MaxMembers);
        var (odd, rows) = ((int)reader.Number(members), (int)reader.Number(int.MaxValue));
        int[] pages = [ReadPages(ref reader), ReadPages(ref reader), ReadPages(ref reader)];
        var blocks = new (long Offset, int Length, ulong Hash)[DayBlocks.FirstPage + pages.Sum()];
        long offset = bytes.Length;
        for (var i = 0; i < blocks.Length; i++)
        {
            var length = (int)reader.Number(int.MaxValue);
            blocks[i] = (offset, length, BinaryPrimitives.ReadUInt64BigEndian(reader.Raw(HashBytes)));
            offset += length;
        }

        return reader.AtEnd
            ? new DayHeader(blocks) { Members = members, OddMembers = odd, Rows = rows, Pages = pages }
            : throw new InvalidDataException("Something follows the header.");
    }

    private static int ReadPages(ref BlockReader reader) => (int)reader.Number(TokenTable.MaxPages) is > 0 and var pages ? pages : throw new InvalidDataException("A table has no page.");

    private static string PlaceOf(Region region, DateTime date) => string.Create(CultureInfo.InvariantCulture, $"{region.Name} {date:yyyy-MM-dd}");

    private static ulong HashOf(ReadOnlySpan<byte> block)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(block, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}

/// <summary>The blocks of an index file, in their order; the pages of the tables follow.</summary>
internal static class DayBlocks
{
    public const int Members = 0;
    public const int Classes = 1;
    public const int Initiators = 2;
    public const int Actions = 3;
    public const int Minutes = 4;
    public const int Seals = 5;
    public const int FirstPage = 6;
}

/// <summary>The tables of an index file, in their order.</summary>
internal enum DayTable
{
    Ids,
    Correlations,
    Targets,
}
