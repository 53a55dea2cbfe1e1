namespace Trailgate.Ingest;

/// <summary>
/// The lines of one request, in rented pieces: one large array for a large body would be copied again and again while it
/// grows. A line never crosses a piece. One owner, who disposes it when nobody reads the lines any more.
/// </summary>
internal sealed class LineBuffer : IDisposable
{
    private const int MinPiece = 2 * 1024;
    private const int MaxPiece = 1024 * 1024;

    private readonly List<(byte[] Bytes, int Length)> _pieces = [];
    private byte[] _current = [];
    private int _used;
    private int _expected;

    /// <param name="expectedBytes">How much will come, about; too low a guess costs small pieces more.</param>
    public LineBuffer(int expectedBytes) => _expected = expectedBytes;

    /// <summary>All bytes, newlines included.</summary>
    public long Length { get; private set; }

    /// <summary>Appends a line and its newline; the memory is the line without it.</summary>
    public Memory<byte> Append(ReadOnlySpan<byte> line)
    {
        var needed = line.Length + 1;
        if (needed > _current.Length - _used)
        {
            Close();
            var piece = Math.Max(needed, Math.Clamp(_expected, MinPiece, MaxPiece));
            _current = RequestArrays.Rent(piece);
            _expected -= piece;
        }

        line.CopyTo(_current.AsSpan(_used));
        _current[_used + line.Length] = (byte)'\n';
        var memory = _current.AsMemory(_used, line.Length);
        _used += needed;
        Length += needed;
        return memory;
    }

    /// <summary>The pieces, in order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces
    {
        get
        {
            foreach (var (bytes, length) in _pieces)
            {
                yield return bytes.AsMemory(0, length);
            }

            if (_used > 0)
            {
                yield return _current.AsMemory(0, _used);
            }
        }
    }

    public void Dispose()
    {
        Close();
        foreach (var (bytes, _) in _pieces)
        {
            RequestArrays.Return(bytes);
        }

        _pieces.Clear();
    }

    private void Close()
    {
        if (_current.Length > 0)
        {
            _pieces.Add((_current, _used));
            _current = [];
            _used = 0;
        }
    }
}
