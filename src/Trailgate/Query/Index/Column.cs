using System.Runtime.InteropServices;

namespace Trailgate.Query.Index;

/// <summary>One member of all events of a day: the different values in the order of their first event, and which one each event has.</summary>
internal sealed class Column<T>
    where T : notnull
{
    private readonly Dictionary<T, int> _numbers = [];
    private readonly List<T> _values = [];
    private readonly List<int> _rows = [];

    public IReadOnlyList<T> Values => _values;

    /// <summary>For each event the number of its value.</summary>
    public ReadOnlySpan<int> Rows => CollectionsMarshal.AsSpan(_rows);

    public void Add(T value)
    {
        if (!_numbers.TryGetValue(value, out var number))
        {
            _numbers.Add(value, number = _values.Count);
            _values.Add(value);
        }

        _rows.Add(number);
    }

    /// <summary>Leaves the first rows, which have no other than the first values.</summary>
    public void Cut(int rows, int values)
    {
        foreach (var value in CollectionsMarshal.AsSpan(_values)[values..])
        {
            _numbers.Remove(value);
        }

        _values.RemoveRange(values, _values.Count - values);
        CollectionsMarshal.SetCount(_rows, rows);
    }

    public byte[] Write(Action<BlockWriter, T> writeValue)
    {
        var block = new BlockWriter();
        block.Number(_values.Count);
        _values.ForEach(value => writeValue(block, value));
        _rows.ForEach(row => block.Number(row));
        return block.Deflate();
    }

    public static Column<T> Read(ReadOnlyMemory<byte> stored, int rows, ValueReader readValue)
    {
        var block = new BlockReader(BlockReader.Inflate(stored));
        var column = new Column<T>();
        for (var left = block.Number(rows); left > 0; left--)
        {
            var value = readValue(ref block);
            if (!column._numbers.TryAdd(value, column._values.Count))
            {
                throw new InvalidDataException("The same value is there twice.");
            }

            column._values.Add(value);
        }

        column._rows.EnsureCapacity(Math.Min(rows, 1 << 20));
        for (var row = 0; row < rows; row++)
        {
            column._rows.Add((int)block.Number(column._values.Count - 1));
        }

        return block.AtEnd ? column : throw new InvalidDataException("Something follows the last row.");
    }

    public delegate T ValueReader(ref BlockReader block);
}
