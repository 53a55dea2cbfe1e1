using System.Buffers.Binary;
using System.IO.Compression;

namespace Trailgate.Query.Index;

/// <summary>The blocks of an index file that say something of each event of the day, in the order of the members and their lines.</summary>
internal static class DayColumns
{
    private const int MinutesPerDay = 24 * 60;

    public static byte[] WriteClasses(ReadOnlySpan<byte> classes)
    {
        var block = new BlockWriter();
        block.Raw(classes);
        return block.Deflate(ZLibCompressionStrategy.HuffmanOnly);
    }

    public static byte[] ReadClasses(ReadOnlyMemory<byte> stored, int rows) =>
        BlockReader.Inflate(stored) is var classes && classes.Length == rows ? classes : throw new InvalidDataException("Not every event has its class.");

    /// <summary>Each as its distance from the one before, which mostly is small: twice the distance, and one less when it goes back.</summary>
    public static byte[] WriteMinutes(ReadOnlySpan<ushort> minutes)
    {
        var block = new BlockWriter();
        var last = 0;
        foreach (var minute in minutes)
        {
            var step = minute - last;
            block.Number((ulong)(step >= 0 ? 2 * step : -2 * step - 1));
            last = minute;
        }

        return block.Deflate(ZLibCompressionStrategy.HuffmanOnly);
    }

    public static ushort[] ReadMinutes(ReadOnlyMemory<byte> stored, int rows)
    {
        var block = new BlockReader(BlockReader.Inflate(stored));
        var minutes = new List<ushort>(Math.Min(rows, 1 << 20));
        var last = 0;
        while (minutes.Count < rows)
        {
            var step = (int)block.Number(2 * MinutesPerDay);
            last += (step & 1) == 0 ? step / 2 : -(step + 1) / 2;
            minutes.Add(last is >= 0 and < MinutesPerDay ? (ushort)last : throw new InvalidDataException("The day has no such minute."));
        }

        return block.AtEnd ? [.. minutes] : throw new InvalidDataException("Something follows the last minute.");
    }

    public static Column<string> ReadActions(ReadOnlyMemory<byte> stored, int rows) =>
        Column<string>.Read(stored, rows, static (ref BlockReader block) => block.Text());

    public static Column<Initiator> ReadInitiators(ReadOnlyMemory<byte> stored, int rows) =>
        Column<Initiator>.Read(stored, rows, static (ref BlockReader block) => new Initiator(block.Text(), block.Text()));

    public static UInt128[] ReadSeals(ReadOnlyMemory<byte> stored, int members)
    {
        if (stored.Length != (long)members * DayContent.SealBytes)
        {
            throw new InvalidDataException("Not every member has its seal.");
        }

        var seals = new UInt128[members];
        for (var i = 0; i < members; i++)
        {
            seals[i] = BinaryPrimitives.ReadUInt128BigEndian(stored.Span[(i * DayContent.SealBytes)..]);
        }

        return seals;
    }
}
