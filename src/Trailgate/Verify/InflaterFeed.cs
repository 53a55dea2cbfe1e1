namespace Trailgate.Verify;

/// <summary>
/// Feeds an inflater so that the end of its data shows: everything up to the byte before a place where a gzip member can
/// end, then that byte alone. See <see cref="MemberReader"/>.
/// </summary>
internal sealed class InflaterFeed : Stream
{
    private const int TrailerLength = 8;

    private byte[] _buffer = [];
    private int _start;
    private int _length;
    private int _possibleEnd;
    private bool _endsHere;
    private bool _single;
    private bool _bytewise;

    /// <summary>What a member begins with: two magic bytes, the method, and no flags.</summary>
    public static ReadOnlySpan<byte> Magic => [0x1f, 0x8b, 0x08, 0x00];

    /// <summary>Bytes handed out so far.</summary>
    public int Given { get; private set; }

    /// <summary>Whether the inflater asked for bytes when all were handed out.</summary>
    public bool WantsMore { get; private set; }

    /// <summary>Whether the last byte was handed out alone: if no more was asked for, the data ends right behind it.</summary>
    public bool IsExact => _single;

    /// <summary>Whether another member seems to follow.</summary>
    public bool SawNext { get; private set; }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => Given; set => throw new NotSupportedException(); }

    /// <summary>Begins with the data of another member.</summary>
    /// <param name="buffer">Where it lies.</param>
    /// <param name="start">Its first byte.</param>
    /// <param name="length">How many bytes there are, those behind the member included.</param>
    /// <param name="endsHere">Whether the stored bytes end there.</param>
    public void Open(byte[] buffer, int start, int length, bool endsHere)
    {
        (_buffer, _start, _length, _endsHere, _bytewise) = (buffer, start, length, endsHere, false);
        Reset();
    }

    /// <summary>Begins with the same data again, and hands out each byte alone.</summary>
    public void Restart()
    {
        _bytewise = true;
        Reset();
    }

    public override int Read(Span<byte> buffer)
    {
        if (Given == _length)
        {
            WantsMore = true;
            return 0;
        }

        if (Given >= _possibleEnd)
        {
            _possibleEnd = NextPossibleEnd(Given + 1);
        }

        var wanted = _bytewise ? 1 : Math.Max(_possibleEnd - 1 - Given, 1);
        _single = wanted == 1;
        var count = Math.Min(wanted, buffer.Length);
        _buffer.AsSpan(_start + Given, count).CopyTo(buffer);
        Given += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    private void Reset()
    {
        (Given, WantsMore, _single, SawNext) = (0, false, false, false);
        _possibleEnd = 0;
    }

    /// <summary>The first place, at or behind one, after which a trailer and then a member or the end of everything could follow.</summary>
    private int NextPossibleEnd(int from)
    {
        var data = _buffer.AsSpan(_start, _length);
        if (from + TrailerLength < _length)
        {
            var next = data[(from + TrailerLength)..].IndexOf(Magic);
            if (next >= 0)
            {
                SawNext = true;
                return from + next;
            }
        }

        return _endsHere && _length - TrailerLength >= from ? _length - TrailerLength : _length;
    }
}
