using System.Buffers.Text;
using System.Text;

namespace Trailgate.Benchmarks.Load;

/// <summary>
/// Reads one HTTP answer after another, as little of it as is needed: status, Content-Length, how many events were
/// accepted; the rest of the body is skipped.
/// </summary>
internal sealed class AnswerReader
{
    // Longer bodies are received over and over into what lies behind the kept start.
    private const int Kept = 8 * 1024;

    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _used;
    private int _headLength;
    private long _bodyLength;
    private long _bodyReceived;

    public int Status { get; private set; }

    /// <summary>Where the next bytes of the answer go.</summary>
    public Span<byte> Free => _buffer.AsSpan(_used);

    /// <summary>The server ends the connection after this answer.</summary>
    public bool Closes => _buffer.AsSpan(0, _headLength).IndexOf("Connection: close"u8) >= 0;

    /// <summary>What the answer says was accepted (<c>{"accepted":100,...</c>); null when it does not say so.</summary>
    public int? Accepted =>
        Body.StartsWith("{\"accepted\":"u8) && Utf8Parser.TryParse(Body["{\"accepted\":"u8.Length..], out int accepted, out _) ? accepted : null;

    /// <summary>The start of the answer, for people.</summary>
    public string Text => $"{Status} {Encoding.UTF8.GetString(Body[..Math.Min(Body.Length, 500)])}";

    private ReadOnlySpan<byte> Body => _buffer.AsSpan(_headLength, (int)Math.Min(_bodyReceived, Kept - _headLength));

    public void Start() => (_used, _headLength, _bodyLength, _bodyReceived) = (0, 0, 0, 0);

    /// <summary>Takes what was received into <see cref="Free"/>; true when the answer is whole.</summary>
    /// <exception cref="InvalidDataException">This is no answer that the reader understands.</exception>
    public bool Advance(int received)
    {
        _used += received;
        if (_headLength > 0)
        {
            _bodyReceived += received;
        }
        else if (!ReadHead())
        {
            return _used < Kept ? false : throw new InvalidDataException("The head of an answer does not end.");
        }

        if (_bodyReceived > _bodyLength)
        {
            throw new InvalidDataException("An answer is longer than its Content-Length.");
        }

        if (_used > Kept)
        {
            _used = Kept;
        }

        return _bodyReceived == _bodyLength;
    }

    private bool ReadHead()
    {
        var end = _buffer.AsSpan(0, _used).IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> head = _buffer.AsSpan(0, end + 2);
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..], out int status, out _))
        {
            throw new InvalidDataException("An answer does not begin with a status line of HTTP/1.1.");
        }

        // Kestrel writes the names of headers so, and so does nginx in front of it.
        var length = head.IndexOf("\r\nContent-Length: "u8);
        if (length < 0 || !Utf8Parser.TryParse(head[(length + 18)..], out _bodyLength, out _))
        {
            throw new InvalidDataException($"An answer ({status}) has no Content-Length; this reader knows no other end of a body.");
        }

        Status = status;
        _headLength = end + 4;
        _bodyReceived = _used - _headLength;
        return true;
    }
}
