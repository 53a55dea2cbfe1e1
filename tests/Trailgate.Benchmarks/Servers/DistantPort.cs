using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Trailgate.Benchmarks.Servers;

/// <summary>
/// Another port, moved away: bytes of each connection, each way, arrive half a round trip after they were sent, however
/// many are on the way. Connections do not wait for one another.
/// </summary>
internal sealed class DistantPort : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly int _target;
    private readonly TimeSpan _oneWay;
    private readonly Task _accepting;

    /// <param name="target">The port on this machine.</param>
    /// <param name="roundTrip">How far away it is.</param>
    /// <param name="time">The clock.</param>
    public DistantPort(int target, TimeSpan roundTrip, TimeProvider time)
    {
        (_target, _oneWay, _time) = (target, roundTrip / 2, time);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task RelayAsync(TcpClient near)
    {
        using (near)
        using (var far = new TcpClient { NoDelay = true })
        {
            near.NoDelay = true;
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                await Task.WhenAll(MoveAsync(near.GetStream(), far.GetStream(), far.Client), MoveAsync(far.GetStream(), near.GetStream(), near.Client));
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // One end is gone, and with it the connection.
            }
        }
    }

    private async Task MoveAsync(NetworkStream from, NetworkStream to, Socket end)
    {
        var underWay = Channel.CreateUnbounded<(byte[] Bytes, long Sent)>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var reading = ReadAsync(from, underWay.Writer);
        await foreach (var (bytes, sent) in underWay.Reader.ReadAllAsync(_stop.Token))
        {
            var left = _oneWay - _time.GetElapsedTime(sent);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, _time, _stop.Token);
            }

            await to.WriteAsync(bytes, _stop.Token);
        }

        await reading;
        end.Shutdown(SocketShutdown.Send);
    }

    private async Task ReadAsync(NetworkStream from, ChannelWriter<(byte[] Bytes, long Sent)> underWay)
    {
        var buffer = new byte[256 * 1024];
        try
        {
            int count;
            while ((count = await from.ReadAsync(buffer, _stop.Token)) > 0)
            {
                underWay.TryWrite((buffer[..count], _time.GetTimestamp()));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // What was read is still handed on.
        }

        underWay.Complete();
    }
}
