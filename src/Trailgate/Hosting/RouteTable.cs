using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Listing;
using Trailgate.Ingest;
using Trailgate.Query;
using Trailgate.Query.Changes;
using Trailgate.Query.Stories;
using Trailgate.Query.Views;

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
            var changes = services.GetRequiredService<ChangesEndpoint>();
            return context =>
            {
                var id = (string)context.Request.RouteValues["id"]!;
                return context.Request.Query.ContainsKey(ProofEndpoint.Parameter) ? proofs.HandleAsync(context, id)
                    : context.Request.Query.ContainsKey(ChangesEndpoint.Parameter) ? changes.HandleAsync(context, id)
                    : events.HandleOneAsync(context, id);
            };
        }),
        new("GET", "/api/stories/{correlationId}", Scopes.Read, static services =>
        {
            var stories = services.GetRequiredService<StoryEndpoint>();
            return context => stories.HandleAsync(context, (string)context.Request.RouteValues["correlationId"]!);
        }),
        new("GET", "/api/views", Scopes.Read, static services => services.GetRequiredService<ViewsEndpoint>().ListAsync),
        new("GET", "/api/views/{name}", Scopes.Read, OneView(static views => views.ShowAsync)),
        new("PUT", "/api/views/{name}", Scopes.Admin, OneView(static views => views.PutAsync)),
        new("DELETE", "/api/views/{name}", Scopes.Admin, OneView(static views => views.DeleteAsync)),
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

    private static Func<IServiceProvider, RequestDelegate> OneView(Func<ViewsEndpoint, Func<HttpContext, string, Task>> method) => services =>
    {
        var handle = method(services.GetRequiredService<ViewsEndpoint>());
        return context => handle(context, (string)context.Request.RouteValues["name"]!);
    };

    private static RequestDelegate Receive(IServiceProvider services)
    {
        var ingest = services.GetRequiredService<IngestEndpoint>();
        var validation = services.GetRequiredService<SubscriptionValidation>();
        return context => SubscriptionValidation.IsAsked(context.Request) ? validation.HandleAsync(context) : ingest.HandleAsync(context);
    }

    private static Func<HttpRequest, RequestDelegate?> Validate(IServiceProvider services) =>
        services.GetRequiredService<SubscriptionValidation>().WithoutKey;
}
