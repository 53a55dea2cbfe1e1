using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Trailgate.Ingest;

/// <summary>
/// <c>OPTIONS /api/events[/{source}]</c>: the abuse protection of CloudEvents' HTTP webhooks 1.0. A sender asks whether its
/// events are wanted; only the two headers of the answer are consent. The answer stands at once, so a callback that the
/// sender offers is never called: its URL would let anyone choose what this server fetches.
/// </summary>
public sealed class HandshakeEndpoint
{
    internal const string RequestOrigin = "WebHook-Request-Origin";
    internal const string AllowedOrigin = "WebHook-Allowed-Origin";
    internal const string AllowedRate = "WebHook-Allowed-Rate";

    private const string Allow = "GET, HEAD, OPTIONS, POST";

    private static readonly Problem Unwelcome = new(
        StatusCodes.Status403Forbidden, "origin-not-allowed", "Events of this origin are not wanted",
        "An operator permits an origin by its name in Trailgate:Handshake:Origins.");

    private readonly string[] _origins;
    private readonly string _rate;

    /// <summary>Reads the settings.</summary>
    public HandshakeEndpoint(IOptions<HandshakeOptions> options)
    {
        _origins = options.Value.OriginList;
        _rate = options.Value.Rate == 0 ? "*" : options.Value.Rate.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Answers one request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var response = context.Response;
        response.Headers.Allow = Allow;
        var asked = context.Request.Headers[RequestOrigin];
        if (asked.Count == 0)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        // What the operator wrote is sent back, never what came.
        var allowed = Array.Find(_origins, origin => origin == HandshakeOptions.AnyOrigin || origin.Equals(asked, StringComparison.OrdinalIgnoreCase));
        if (allowed is null)
        {
            return Unwelcome.WriteAsync(context);
        }

        response.Headers[AllowedOrigin] = allowed;
        response.Headers[AllowedRate] = _rate;
        response.ContentLength = 0;
        return Task.CompletedTask;
    }
}
