using System.Net;
using Microsoft.AspNetCore.Http;

namespace Trailgate.Hosting;

/// <summary>
/// The rules of a server without keys: it may be reached from this machine alone, and not through a browser that
/// another site directs (a name that resolves to loopback, or a form that posts across sites).
/// </summary>
public static class LoopbackOnly
{
    private static readonly Problem ForeignHost = new(
        StatusCodes.Status403Forbidden, "foreign-host", "Only this machine may call",
        "No access key is configured, so requests must name localhost, 127.0.0.1 or [::1] as their host. Configure a key to serve other names.");

    private static readonly Problem ForeignOrigin = new(
        StatusCodes.Status403Forbidden, "foreign-origin", "Pages of other sites may not call",
        "No access key is configured, so a request that carries an Origin must come from a page of this very server.");

    /// <summary>Why a request may not go on; null when it may.</summary>
    public static Problem? Refuse(HttpRequest request)
    {
        var host = request.Host;
        if (!IsLoopbackName(host.Host))
        {
            return ForeignHost;
        }

        var origin = request.Headers.Origin;
        return origin.Count == 0 || (origin.Count == 1 && IsSameOrigin(origin[0], request.Scheme, host.Value))
            ? null
            : ForeignOrigin;
    }

    /// <summary>
    /// Whether a host to listen on is bound to loopback alone. Wildcards, names and other addresses are not. It is read as
    /// Kestrel reads it, which listens everywhere for what is neither localhost nor an address: no Uri may come between,
    /// to which <c>loopback</c> is localhost and <c>user@127.0.0.1</c> an address.
    /// </summary>
    /// <param name="host">As it stands in the URL; IPv6 in brackets.</param>
    public static bool IsLoopbackHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    // Only the canonical names: 127.0.0.2 or 0x7f.1 in a Host header are nobody's habit but an attacker's.
    private static bool IsLoopbackName(string host) =>
        host.Equals("127.0.0.1", StringComparison.Ordinal)
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.Equals("[::1]", StringComparison.Ordinal);

    // Another port of this machine is another site too: a development server, or someone else's program.
    private static bool IsSameOrigin(string? origin, string scheme, string? host) =>
        origin is not null
        && origin.Length == scheme.Length + "://".Length + (host?.Length ?? 0)
        && origin.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
        && origin.AsSpan(scheme.Length).StartsWith("://", StringComparison.Ordinal)
        && origin.EndsWith(host ?? "", StringComparison.OrdinalIgnoreCase);
}
