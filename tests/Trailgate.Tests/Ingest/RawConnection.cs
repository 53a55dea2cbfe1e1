using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Trailgate.Tests.Ingest;

/// <summary>A connection that sends bytes as no HTTP client would, and reads answers one after the other.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly List<byte> _received = [];

    public static async Task<RawConnection> OpenAsync(Uri server)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(server.Host, server.Port);
        return connection;
    }

    /// <summary>Request line and headers of a POST, with the empty line behind them.</summary>
    public static string Head(params string[] headers) =>
        "POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + string.Concat(headers.Select(header => header + "\r\n")) + "\r\n";

    public static string Length(int bytes) => $"Content-Length: {bytes.ToString(CultureInfo.InvariantCulture)}";

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await _socket.SendAsync(bytes)..];
        }
    }

    /// <summary>No more will come (FIN), but answers are still read.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Drops the connection (RST).</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
    }

    /// <summary>The next answer: status and body. Null when the server closed the connection instead.</summary>
    public async Task<(int Status, string Body)?> ReadAnswerAsync()
    {
        int end;
        while ((end = Text().IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            if (!await ReceiveAsync())
            {
                return null;
            }
        }

        var head = Text()[..end];
        var length = head.Split("\r\n")
            .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            .Select(line => int.Parse(line["Content-Length:".Length..], CultureInfo.InvariantCulture))
            .SingleOrDefault();
        while (_received.Count < end + 4 + length)
        {
            if (!await ReceiveAsync())
            {
                return null;
            }
        }

        var body = Text().Substring(end + 4, length);
        _received.RemoveRange(0, end + 4 + length);
        return (int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture), body);
    }

    public void Dispose() => _socket.Dispose();

    // One byte a character, so that positions in the text are positions in the bytes.
    private string Text() => Encoding.Latin1.GetString([.. _received]);

    private async Task<bool> ReceiveAsync()
    {
        var buffer = new byte[4096];
        try
        {
            var count = await _socket.ReceiveAsync(buffer);
            _received.AddRange(buffer.AsSpan(0, count));
            return count > 0;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
        {
            return false;
        }
    }
}
