using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Trailgate.Ingest;
using Trailgate.Storage;

namespace Trailgate.Hosting;

/// <summary>
/// Where HTTP enters, in both hosts: finds the route, checks who calls, and turns what goes wrong below into an answer.
/// A table of a dozen routes needs no routing middleware: in process, all that is done here took 0.34 µs a request where
/// endpoint routing alone took 0.65 µs.
/// </summary>
public sealed partial class HttpEdge
{
    private readonly RouteMatcher _routes;
    private readonly AccessKeys _keys;
    private readonly ILogger<HttpEdge> _logger;

    /// <summary>Makes the handlers of <see cref="RouteTable.All"/>, and of the routes that the host registered for itself.</summary>
    public HttpEdge(AccessKeys keys, IEnumerable<Route> ofHost, IServiceProvider services, ILogger<HttpEdge> logger)
        : this([.. RouteTable.All, .. ofHost], keys, services, logger)
    {
    }

    internal HttpEdge(IReadOnlyList<Route> routes, AccessKeys keys, IServiceProvider services, ILogger<HttpEdge> logger)
    {
        _routes = new RouteMatcher(routes, services);
        _keys = keys;
        _logger = logger;
    }

    /// <summary>
    /// Answers a request of a host that can call its own work off while the caller still waits, as Azure Functions do on
    /// a time-out or when an instance goes.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">The host's own reason to stop; the caller's stands in the request.</param>
    public async Task HandleAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var caller = context.RequestAborted;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(caller, cancellationToken);
        context.RequestAborted = either.Token;
        try
        {
            await DispatchAsync(context);
        }
        catch (Exception e)
        {
            // The answer is for the caller, who may be there though the host stops.
            context.RequestAborted = caller;
            await AnswerAsync(context, e, cancellationToken.IsCancellationRequested);
        }
        finally
        {
            context.RequestAborted = caller;
        }
    }

    /// <summary>Answers a request. Throws nothing but what can not be answered any more.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await DispatchAsync(context);
        }
        // The edge is one of the three places where everything is caught: a request must never take the process along.
        catch (Exception e)
        {
            await AnswerAsync(context, e, calledOff: false);
        }
    }

    private Task DispatchAsync(HttpContext context) =>
        Admit(context, out var handler) is { } problem ? problem.WriteAsync(context) : handler(context);

    private Problem? Admit(HttpContext context, out RequestDelegate handler)
    {
        handler = static _ => Task.CompletedTask;
        var request = context.Request;
        if (_keys.IsEmpty && LoopbackOnly.Refuse(request) is { } foreign)
        {
            return foreign;
        }

        var path = _routes.Find(request, out var route);
        if (path is null)
        {
            return new Problem(StatusCodes.Status404NotFound, "no-such-route", "There is nothing here", "No route has this path; the README lists them.");
        }

        if (route is null)
        {
            context.Response.Headers.Allow = path.Allow;
            return new Problem(StatusCodes.Status405MethodNotAllowed, "wrong-method", "The path does not know this method", $"This path answers {path.Allow}.");
        }

        if (_keys.Refuse(request, route.Route.Scope, out var store) is { } refusal)
        {
            if (route.WithoutKey?.Invoke(request) is { } open)
            {
                handler = open;
                return null;
            }

            context.Response.Headers.WWWAuthenticate = refusal.Status == StatusCodes.Status401Unauthorized
                ? """Bearer realm="trailgate" """.TrimEnd()
                : $"""Bearer realm="trailgate", error="insufficient_scope", scope="{route.Route.Scope.ToText()}" """.TrimEnd();
            return refusal;
        }

        if (store is not null)
        {
            context.Features.Set(new KeyStore(store));
        }

        handler = route.Handler;
        return null;
    }

    private async Task AnswerAsync(HttpContext context, Exception e, bool calledOff)
    {
        if (IsGone(context, e))
        {
            // The caller went away; there is nothing to repair. The status is for the host's own records, where an
            // untouched 200 would claim that the events were taken.
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }

            return;
        }

        var problem = ProblemFor(context, e, calledOff);
        if (context.Response.HasStarted)
        {
            // Half an answer is out: cutting the connection is the only way left to say that it is not whole.
            context.Abort();
            return;
        }

        try
        {
            context.Response.Clear();
            await problem.WriteAsync(context);
        }
        catch (Exception gone) when (IsGone(context, gone))
        {
            // As above: nobody is there to read it.
        }
    }

    private Problem ProblemFor(HttpContext context, Exception e, bool calledOff)
    {
        var request = context.Request;
        switch (e)
        {
            case BadHttpRequestException bad:
                // Kestrel's own limits: too slow, too large, broken framing. Its messages name the limit, never content.
                return new Problem(bad.StatusCode, "bad-request", "The request could not be read", bad.Message);
            case StorageException:
                LogStorageFailed(request.Method, request.Path, e.Message);
                return new Problem(
                    StatusCodes.Status503ServiceUnavailable, "storage-unavailable", "The storage does not answer",
                    HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
                        ? "A store that the answer needs is away. Nothing is known to be lost. Try again later."
                        : "Nothing is known to be lost, and sending the same again is harmless. Try again later.")
                { RetryAfterSeconds = 5 };
            case OperationCanceledException when calledOff:
                LogCalledOff(request.Method, request.Path);
                return new Problem(
                    StatusCodes.Status503ServiceUnavailable, "stopping", "This instance of Trailgate stops",
                    "The request was called off before its end. Sending the same again is harmless.")
                { RetryAfterSeconds = 1 };
            default:
                LogFailed(e, request.Method, request.Path);
                return new Problem(
                    StatusCodes.Status500InternalServerError, "internal-error", "Trailgate failed",
                    "This is a fault in Trailgate; its log has the details. Sending the same again is harmless.");
        }
    }

    private static bool IsGone(HttpContext context, Exception e) =>
        e is ConnectionResetException or ConnectionAbortedException
        || (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested);

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} was answered 503: {Reason}")]
    private partial void LogStorageFailed(string method, PathString path, string reason);

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} was answered 503: the host called it off.")]
    private partial void LogCalledOff(string method, PathString path);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed.")]
    private partial void LogFailed(Exception e, string method, PathString path);
}
