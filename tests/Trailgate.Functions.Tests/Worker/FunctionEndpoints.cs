using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// Follows extensions/Worker.Extensions.Http.AspNetCore/src/AspNetMiddleware/FunctionsEndpointDataSource.cs: one endpoint for
/// each HTTP function, below the route prefix of the host.json that lies beside the app, <c>api</c> without one. Strict JSON:
/// the worker reads no comments there.
/// </summary>
internal sealed class FunctionEndpoints(FunctionInvoker functions) : EndpointDataSource
{
    private readonly Lazy<IReadOnlyList<AspNetCore.Http.Endpoint>> _endpoints = new(() => [.. functions.All
        .Where(function => function.Trigger is HttpTriggerAttribute)
        .Select(function => Map(function, functions, ReadPrefix()))]);

    public override IReadOnlyList<AspNetCore.Http.Endpoint> Endpoints => _endpoints.Value;

    public override IChangeToken GetChangeToken() => NullChangeToken.Singleton;

    private static AspNetCore.Http.Endpoint Map(FunctionEntry function, FunctionInvoker functions, string prefix)
    {
        var trigger = (HttpTriggerAttribute)function.Trigger;
        var pattern = RoutePatternFactory.Parse($"{prefix}/{trigger.Route ?? function.Name}");
        var builder = new RouteEndpointBuilder(context => functions.InvokeHttpAsync(function, context), pattern, 0) { DisplayName = function.Name };
        builder.Metadata.Add(new HttpMethodMetadata(trigger.Methods));
        return builder.Build();
    }

    private static string ReadPrefix()
    {
        using var host = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "host.json")));
        return host.RootElement.TryGetProperty("extensions", out var extensions)
            && extensions.TryGetProperty("http", out var http)
            && http.TryGetProperty("routePrefix", out var prefix)
            ? prefix.GetString()!
            : "api";
    }
}
