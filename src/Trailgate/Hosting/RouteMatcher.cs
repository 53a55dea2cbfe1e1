using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Trailgate.Hosting;

/// <summary>
/// Finds the route of a request. Literal paths are one dictionary lookup, which the hot path lives from; the few paths
/// with a parameter are tried in their order. Case and one trailing slash do not matter, as in Azure Functions.
/// </summary>
internal sealed class RouteMatcher
{
    private readonly FrozenDictionary<string, PathRoutes> _literal;
    private readonly PathRoutes[] _parametrized;

    public RouteMatcher(IEnumerable<Route> routes, IServiceProvider services)
    {
        // Two routes may share a path and still name its parameter differently: GET /x/{id}, POST /x/{source}.
        var paths = routes
            .GroupBy(route => ShapeOf(route.Pattern), StringComparer.OrdinalIgnoreCase)
            .Select(group => new PathRoutes([.. group.Select(route => new BoundRoute(route, services))]))
            .ToList();
        _literal = paths.Where(path => !path.HasParameters).ToFrozenDictionary(path => path.Pattern, StringComparer.OrdinalIgnoreCase);
        _parametrized = [.. paths.Where(path => path.HasParameters)];
    }

    /// <summary>
    /// The path's routes, or null when there is no such path; and the route for the method, or null when the path does
    /// not know the method. Fills the request's route values.
    /// </summary>
    public PathRoutes? Find(HttpRequest request, out BoundRoute? route)
    {
        var path = request.Path.Value ?? "";
        if (path.Length > 1 && path[^1] == '/')
        {
            path = path[..^1];
        }

        if (_literal.TryGetValue(path, out var found))
        {
            route = found.ForMethod(request.Method);
            return found;
        }

        foreach (var candidate in _parametrized)
        {
            if (candidate.Matches(path))
            {
                route = candidate.ForMethod(request.Method);
                route?.FillValues(request, path);
                return candidate;
            }
        }

        route = null;
        return null;
    }

    private static string ShapeOf(string pattern) =>
        string.Join('/', pattern.Split('/').Select(segment => segment.StartsWith('{') ? "{}" : segment));
}

/// <summary>The routes of one path.</summary>
internal sealed class PathRoutes(BoundRoute[] routes)
{
    private readonly string[] _segments = routes[0].Segments;

    public string Pattern => routes[0].Route.Pattern;

    public bool HasParameters => Array.Exists(_segments, BoundRoute.IsParameter);

    /// <summary>The <c>Allow</c> header.</summary>
    public string Allow { get; } = string.Join(", ", routes
        .SelectMany(route => route.Route.Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : new[] { route.Route.Method })
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal));

    public BoundRoute? ForMethod(string method)
    {
        foreach (var route in routes)
        {
            if (HttpMethods.Equals(route.Route.Method, method))
            {
                return route;
            }
        }

        // Kestrel leaves out the body of what the GET handler writes.
        return HttpMethods.IsHead(method) ? ForMethod(HttpMethods.Get) : null;
    }

    public bool Matches(ReadOnlySpan<char> path)
    {
        var index = 0;
        foreach (var range in path.Split('/'))
        {
            if (index == _segments.Length)
            {
                return false;
            }

            var expected = _segments[index++];
            var segment = path[range];
            var matches = BoundRoute.IsParameter(expected)
                ? segment.Length > 0
                : segment.Equals(expected, StringComparison.OrdinalIgnoreCase);
            if (!matches)
            {
                return false;
            }
        }

        return index == _segments.Length;
    }
}

/// <summary>A route with its handler made.</summary>
internal sealed class BoundRoute(Route route, IServiceProvider services)
{
    public Route Route => route;

    public RequestDelegate Handler { get; } = route.Handler(services);

    public Func<HttpRequest, RequestDelegate?>? WithoutKey { get; } = route.WithoutKey?.Invoke(services);

    public string[] Segments { get; } = route.Pattern.Split('/');

    public static bool IsParameter(string segment) => segment.StartsWith('{');

    public void FillValues(HttpRequest request, string path)
    {
        var values = path.Split('/');
        for (var i = 0; i < Segments.Length; i++)
        {
            if (IsParameter(Segments[i]))
            {
                request.RouteValues[Segments[i][1..^1]] = values[i];
            }
        }
    }
}
