using System.Buffers.Binary;
using System.IO.Compression;
using Trailgate.Archive;
using Trailgate.Hashing;

namespace Trailgate.Verify;

/// <summary>
/// Reads a segment's gzip members (RFC 1952) one by one. Unlike <see cref="GZipStream"/>, which passes over a cut-off end
/// and over whatever follows the last member, it says exactly where the stored bytes are not gzip members as they should be.
/// </summary>
/// <remarks>
/// The framework's inflater does not tell where a deflate stream ends. So it is fed up to the byte before each place at
/// which the member could end, then that single byte: when it asks for no more, the member ends there.
/// </remarks>
internal sealed class MemberReader : IDisposable
{
    /// <summary>A member holds at most so many bytes of lines, which is the format's promise to readers of one member.</summary>
    public const int MaxLines = SegmentWriter.MemberBytes;

    private const int HeaderLength = 10;
    private const int TrailerLength = 8;
    private const int MaxStored = MaxLines + MaxLines / 1024 + 64; // stored blocks, which only grow by their headers
    private const int BufferLength = 2 * MaxStored;

    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly byte[] _lines = new byte[MaxLines + 1];
    private readonly InflaterFeed _feed = new();
    private Stream _stream = Stream.Null;
    private int _memberStart;
    private int _start;
    private int _end;
    private bool _atEnd;

    /// <summary>The member read last, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>Stored bytes in front of the next member.</summary>
    public long Offset { get; private set; }

    /// <summary>Stored bytes read so far.</summary>
    public long StoredBytes { get; private set; }

    /// <summary>Length of the lines of the member read last.</summary>
    public int Length { get; private set; }

    /// <summary>Those lines.</summary>
    public ArraySegment<byte> Lines => new(_lines, 0, Length);

    /// <summary>The stored bytes that were gone over by the last call; none of a member with a fault.</summary>
    public ArraySegment<byte> Stored => new(_buffer, _memberStart, _start - _memberStart);

    /// <summary>Begins with another segment. The stream stays the caller's.</summary>
    public void Open(Stream stream)
    {
        _stream = stream;
        (_memberStart, _start, _end, _atEnd) = (0, 0, 0, false);
        (Number, Offset, StoredBytes, Length) = (0, 0, 0, 0);
    }

    /// <summary>Reads the next member; null at the end of a whole segment.</summary>
    public async ValueTask<MemberFault?> ReadAsync(CancellationToken cancellationToken)
    {
        await FillAsync(cancellationToken);
        _memberStart = _start;
        if (_start == _end)
        {
            return MemberFault.End;
        }

        Number++;
        return ReadMember();
    }

    /// <summary>Goes over some of what is left, whatever it is. False when nothing is.</summary>
    public async ValueTask<bool> SkipAsync(CancellationToken cancellationToken)
    {
        await FillAsync(cancellationToken);
        (_memberStart, _start) = (_start, _end);
        return _memberStart < _end;
    }

    public void Dispose() => _feed.Dispose();

    /// <summary>Reads until a whole member is there, whatever its length.</summary>
    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_end - _start >= MaxStored + HeaderLength || _atEnd)
        {
            return;
        }

        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        while (_end < _buffer.Length)
        {
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                _atEnd = true;
                return;
            }

            _end += read;
            StoredBytes += read;
        }
    }

    private MemberFault? ReadMember()
    {
        var stored = _buffer.AsSpan(_start, _end - _start);
        if (!IsHeader(stored))
        {
            return Number > 1
                ? new MemberFault(MemberFaultKind.Trailing, Offset, "bytes follow the last gzip member")
                : stored.Length < HeaderLength && IsHeaderStart(stored)
                    ? new MemberFault(MemberFaultKind.Cut, Offset + stored.Length, "the gzip is cut off in its header")
                    : new MemberFault(MemberFaultKind.Corrupt, Offset, "the bytes are no gzip");
        }

        var body = stored[HeaderLength..];
        if (body.Length > MaxStored)
        {
            body = body[..MaxStored];
        }

        _feed.Open(_buffer, _start + HeaderLength, body.Length, endsHere: _atEnd && body.Length == stored.Length - HeaderLength);
        bool tooLong;
        try
        {
            tooLong = Inflate();
        }
        catch (InvalidDataException)
        {
            return new MemberFault(MemberFaultKind.Corrupt, Offset, "the compressed bytes are damaged");
        }

        if (tooLong)
        {
            return new MemberFault(MemberFaultKind.Corrupt, Offset, $"the member holds more than {MaxLines} bytes of lines");
        }

        if (_feed.WantsMore)
        {
            // With another member behind, it is not the end that is missing.
            return _atEnd && !_feed.SawNext
                ? new MemberFault(MemberFaultKind.Cut, Offset + stored.Length, "the gzip is cut off")
                : new MemberFault(MemberFaultKind.Corrupt, Offset, "the compressed bytes do not end where a member must");
        }

        var end = _feed.IsExact ? _feed.Given : FindEnd();
        return Complete(stored, HeaderLength + end);
    }

    /// <summary>True when there was more than fits.</summary>
    private bool Inflate()
    {
        using var inflater = new DeflateStream(_feed, CompressionMode.Decompress, leaveOpen: true);
        Length = 0;
        while (Length < _lines.Length)
        {
            var read = inflater.Read(_lines.AsSpan(Length));
            if (read == 0)
            {
                return false;
            }

            Length += read;
        }

        return true;
    }

    /// <summary>The slow way, a byte at a time, for stored bytes that are damaged anyway.</summary>
    private int FindEnd()
    {
        _feed.Restart();
        Inflate();
        return _feed.Given;
    }

    private MemberFault? Complete(ReadOnlySpan<byte> stored, int end)
    {
        if (stored.Length - end < TrailerLength)
        {
            return new MemberFault(MemberFaultKind.Cut, Offset + stored.Length, "the gzip is cut off in its last bytes");
        }

        var lines = _lines.AsSpan(0, Length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(stored[end..]) != Crc32.Of(lines)
            || BinaryPrimitives.ReadUInt32LittleEndian(stored[(end + 4)..]) != (uint)Length)
        {
            return new MemberFault(MemberFaultKind.Corrupt, Offset, "the lines do not have the check sum that stands behind them");
        }

        _start += end + TrailerLength;
        Offset += end + TrailerLength;
        return null;
    }

    // Method deflate and no optional field: as every writer of segments has it, and as zcat reads it.
    private static bool IsHeader(ReadOnlySpan<byte> stored) => stored.Length >= HeaderLength && IsHeaderStart(stored);

    private static bool IsHeaderStart(ReadOnlySpan<byte> stored)
    {
        ReadOnlySpan<byte> start = InflaterFeed.Magic;
        return stored.Length > 0 && stored[..Math.Min(stored.Length, start.Length)].SequenceEqual(start[..Math.Min(stored.Length, start.Length)]);
    }
}

/// <summary>Where and why stored bytes are not the gzip members that they should be.</summary>
internal sealed record MemberFault(MemberFaultKind Kind, long Offset, string Message)
{
    /// <summary>Nothing is wrong: the segment ended.</summary>
    public static MemberFault End { get; } = new(MemberFaultKind.None, 0, "");
}

internal enum MemberFaultKind
{
    None,
    Cut,
    Corrupt,
    Trailing,
}
