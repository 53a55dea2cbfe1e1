using System.Net;
using System.Net.Sockets;

namespace Trailgate.Benchmarks.Load;

/// <summary>One connection of the generator: at most one request on the way at a time.</summary>
internal sealed class LoadConnection(IPEndPoint server, int bufferSize) : IDisposable
{
    private readonly byte[] _request = new byte[bufferSize];
    private Socket _socket = Connect(server);
    private int _length;
    private int _sent;

    public Socket Socket => _socket;

    public AnswerReader Answer { get; } = new();

    /// <summary>Which request comes next on this connection.</summary>
    public int Next { get; set; }

    public long StartedAt { get; set; }

    /// <summary>How many events the request on the way carries; 0 when none is.</summary>
    public int EventsOnTheWay { get; set; }

    /// <summary>The server closes after this answer, or gave it before it had the whole request: no other fits behind it.</summary>
    public bool IsSpent => _sent < _length || (Answer.Status != 202 && Answer.Closes);

    /// <summary>Where the next request of this length is to be written, before <see cref="Send"/>.</summary>
    public Span<byte> Request(int length)
    {
        (_length, _sent) = (length, 0);
        Answer.Start();
        return _request.AsSpan(0, length);
    }

    /// <summary>Sends what the socket takes. False when the connection is lost.</summary>
    public bool Send()
    {
        while (_sent < _length)
        {
            _sent += _socket.Send(_request.AsSpan(_sent, _length - _sent), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return true;
            }

            if (error != SocketError.Success)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Receives what is there.</summary>
    /// <returns>True: the answer is whole; false: the connection is lost; null: there is more to come.</returns>
    public bool? Receive()
    {
        while (true)
        {
            var free = Answer.Free;
            var received = _socket.Receive(free, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return null;
            }

            if (error != SocketError.Success || received == 0)
            {
                return false;
            }

            if (Answer.Advance(received))
            {
                return true;
            }

            if (received < free.Length)
            {
                return null;
            }
        }
    }

    /// <summary>Begins anew with a fresh connection.</summary>
    /// <exception cref="SocketException">The server is gone.</exception>
    public void Reconnect()
    {
        _socket.Dispose();
        _socket = Connect(server);
    }

    public void Dispose() => _socket.Dispose();

    private static Socket Connect(IPEndPoint server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(server);
        socket.Blocking = false;
        return socket;
    }
}
