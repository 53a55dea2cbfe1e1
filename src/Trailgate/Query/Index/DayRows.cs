using Trailgate.Events;

namespace Trailgate.Query.Index;

/// <summary>The columns of a day as far as a query needs them; those that it does not need are null.</summary>
internal sealed record DayRows(Region Region, int Count)
{
    public byte[]? Classes { get; private init; }

    public Column<Initiator>? Initiators { get; private init; }

    public Column<string>? Actions { get; private init; }

    public ushort[]? Minutes { get; private init; }

    /// <exception cref="InvalidDataException">A block is damaged.</exception>
    public static DayRows Read(DayFile file, IReadOnlyList<int> numbers, IReadOnlyList<ReadOnlyMemory<byte>> blocks)
    {
        var rows = file.Header.Rows;
        var read = new DayRows(file.Region, rows);
        for (var i = 0; i < numbers.Count; i++)
        {
            read = numbers[i] switch
            {
                DayBlocks.Classes => read with { Classes = DayColumns.ReadClasses(blocks[i], rows) },
                DayBlocks.Initiators => read with { Initiators = DayColumns.ReadInitiators(blocks[i], rows) },
                DayBlocks.Actions => read with { Actions = DayColumns.ReadActions(blocks[i], rows) },
                DayBlocks.Minutes => read with { Minutes = DayColumns.ReadMinutes(blocks[i], rows) },
                _ => read,
            };
        }

        return read;
    }
}
