using System.Buffers;

namespace Trailgate.Query;

/// <summary>Splits a stream into lines without copying them. Owns the stream.</summary>
internal sealed class LineReader(Stream stream) : IAsyncDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private int _start;
    private int _end;
    private int _searched; // up to here there is no newline: a long line that comes in small pieces is not searched over and over

    /// <summary>True when bytes are left behind the last newline.</summary>
    public bool HasRest => _end > _start;

    /// <summary>Reads on; false at the end of the stream. Lines that were taken before are not valid afterwards.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end, _searched) = (0, _end - _start, _searched - _start);
        }

        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }

    /// <summary>Takes the next whole line, without its newline; false when <see cref="FillAsync"/> must be asked first.</summary>
    public bool TryTake(out ReadOnlySpan<byte> line)
    {
        var length = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
        if (length < 0)
        {
            _searched = _end;
            line = default;
            return false;
        }

        line = _buffer.AsSpan(_start, _searched + length - _start);
        _start = _searched = _searched + length + 1;
        return true;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        return stream.DisposeAsync();
    }
}
