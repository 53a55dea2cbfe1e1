namespace Trailgate.Verify;

/// <summary>Lines of a stream that anybody may have written: one that is too long, or has no end, comes as an empty one.</summary>
internal sealed class BoundedLines(Stream stream, int maxBytes) : IAsyncDisposable
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>The line read last, without its newline; valid until the next read.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>Reads the next line; false at the end.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                Current = _buffer.AsMemory(_start, searched + found);
                _start += searched + found + 1;
                return true;
            }

            searched = _end - _start;
            _buffer.AsSpan(_start, searched).CopyTo(_buffer);
            (_start, _end) = (0, searched);
            if (_end == _buffer.Length && _buffer.Length >= maxBytes)
            {
                return Break();
            }

            if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, maxBytes));
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                return _end > 0 && Break();
            }

            _end += read;
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private bool Break()
    {
        (_start, _end, Current) = (0, 0, default);
        return true;
    }
}
