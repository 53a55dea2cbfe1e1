using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Listing;
using Trailgate.Ingest;
using Trailgate.Query;

namespace Trailgate.Hosting;

/// <summary>
/// The list of all routes. The standalone host serves them through <see cref="HttpEdge"/> directly; a trigger function
/// of the Functions host exists for each and calls the same.
/// </summary>
public static class RouteTable
{
    /// <summary>Every route there is.</summary>
    public static IReadOnlyList<Route> All { get; } =
    [
        new("POST", "/api/events", Scopes.Ingest, Receive) { WithoutKey = Validate },
        new("POST", "/api/events/{source}", Scopes.Ingest, Receive) { WithoutKey = Validate },
        new("OPTIONS", "/api/events", Scopes.None, static services => services.GetRequiredService<HandshakeEndpoint>().HandleAsync),
        new("OPTIONS", "/api/events/{source}", Scopes.None, static services => services.GetRequiredService<HandshakeEndpoint>().HandleAsync),
        new("GET", "/api/events", Scopes.Read, static services => services.GetRequiredService<EventsEndpoint>().HandleAsync),
        new("GET", "/api/events/{id}", Scopes.Read, static services =>
        {
            var events = services.GetRequiredService<EventsEndpoint>();
            var proofs = services.GetRequiredService<ProofEndpoint>();
            return context => context.Request.Query.ContainsKey(ProofEndpoint.Parameter)
                ? proofs.HandleAsync(context, (string)context.Request.RouteValues["id"]!)
                : events.HandleOneAsync(context, (string)context.Request.RouteValues["id"]!);
        }),
        new("POST", "/api/alerts/{id}/redeliver", Scopes.Admin, static services =>
        {
            var channels = services.GetRequiredService<ChannelsEndpoint>();
            return context => channels.RedeliverAsync(context, (string)context.Request.RouteValues["id"]!);
        }),
        new("GET", "/api/channels", Scopes.Read, static services => services.GetRequiredService<ChannelsEndpoint>().ListAsync),
        new("POST", "/api/channels/{name}/enable", Scopes.Admin, static services =>
        {
            var channels = services.GetRequiredService<ChannelsEndpoint>();
            return context => channels.EnableAsync(context, (string)context.Request.RouteValues["name"]!);
        }),
        new("POST", "/api/channels/{name}/redeliver", Scopes.Admin, static services =>
        {
            var channels = services.GetRequiredService<ChannelsEndpoint>();
            return context => channels.RedeliverAllAsync(context, (string)context.Request.RouteValues["name"]!);
        }),
        new("GET", "/api/alerts", Scopes.Read, static services => services.GetRequiredService<AlertsEndpoint>().HandleAsync),
        new("GET", "/api/stats", Scopes.Read, static services => services.GetRequiredService<StatsEndpoint>().HandleAsync),
        new("GET", "/health/live", Scopes.None, static _ => HealthEndpoint.LiveAsync),
        new("GET", "/health/ready", Scopes.None, static services => services.GetRequiredService<HealthEndpoint>().ReadyAsync),
    ];

    private static RequestDelegate Receive(IServiceProvider services)
    {
        var ingest = services.GetRequiredService<IngestEndpoint>();
        var validation = services.GetRequiredService<SubscriptionValidation>();
        return context => SubscriptionValidation.IsAsked(context.Request) ? validation.HandleAsync(context) : ingest.HandleAsync(context);
    }

    private static Func<HttpRequest, RequestDelegate?> Validate(IServiceProvider services) =>
        services.GetRequiredService<SubscriptionValidation>().WithoutKey;
}
