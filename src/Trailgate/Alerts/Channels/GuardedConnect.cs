using System.Net;
using System.Net.Sockets;

namespace Trailgate.Alerts.Channels;

/// <summary>
/// Connects to the address that was checked. Checking a name first and letting the client resolve it again would let a
/// DNS server answer differently the second time.
/// </summary>
internal static class GuardedConnect
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>: public addresses only.</summary>
    /// <exception cref="PrivateAddressException">The name has no public address.</exception>
    public static async ValueTask<Stream> PublicOnlyAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var resolved = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        var addresses = Array.FindAll(resolved, PublicAddress.Is);
        if (addresses.Length == 0)
        {
            throw new PrivateAddressException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The receiver's name leads to no address of the public internet.</summary>
internal sealed class PrivateAddressException() : Exception("The address is not public; Insecure permits it.");
