using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Grouping;
using Trailgate.Alerts.Listing;
using Trailgate.Alerts.Rules;
using Trailgate.Alerts.Silence;
using Trailgate.Alerts.Trial;
using Trailgate.Query;
using Trailgate.Storage;

namespace Trailgate.Alerts;

/// <summary>Registers what alerts need.</summary>
public static class AlertRegistration
{
    /// <summary>
    /// Adds <see cref="AlertDispatcher"/> and <see cref="AlertDelivery"/>. Needs <see cref="Stores"/>,
    /// <see cref="IMessageQueue"/>, <see cref="TimeProvider"/> and bound <see cref="AlertOptions"/> beside it, which it validates.
    /// </summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AlertOptions>, AlertOptionsValidator>());
        services.AddSingleton(provider => new RuleSource(
            provider.GetRequiredService<IOptions<AlertOptions>>().Value, provider.GetRequiredService<Stores>().Default.Blobs));
        services.AddSingleton(provider => ActiveRules.Open(
            provider.GetRequiredService<RuleSource>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ActiveRules>>()));
        services.AddSingleton<RuleReloader>();
        services.AddHostedService<RuleReloadService>();
        services.AddSingleton(provider => new AlertDispatcher(
            provider.GetRequiredService<Stores>(),
            provider.GetRequiredService<IMessageQueue>(),
            provider.GetRequiredService<ActiveRules>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AlertDispatcher>>())
        {
            HasChannels = provider.GetRequiredService<IOptions<AlertOptions>>().Value.Channels.Count > 0,
        });
        services.AddSingleton(provider => AlertChannels.Create(
            provider.GetRequiredService<IOptions<AlertOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new AlertGroups(
            provider.GetRequiredService<Stores>(),
            provider.GetRequiredService<IMessageQueue>(),
            provider.GetRequiredService<ActiveRules>(),
            NewFanout(provider),
            (alert, wait, token) => new EndSearch(provider.GetRequiredService<EventSearch>()).FindAsync(alert, wait, token),
            provider.GetRequiredService<IOptions<AlertOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AlertGroups>>()));
        services.AddSingleton(provider =>
        {
            var groups = provider.GetRequiredService<AlertGroups>();
            return new AlertDelivery(
                provider.GetRequiredService<Stores>(),
                provider.GetRequiredService<IMessageQueue>(),
                provider.GetRequiredService<AlertDispatcher>(),
                provider.GetRequiredService<AlertChannels>(),
                provider.GetRequiredService<ChannelStates>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<AlertDelivery>>())
            {
                Group = groups.DecideAsync,
                HandleTimed = groups.HandleAsync,
            };
        });
        services.AddSingleton(provider => new SilenceWatch(
            provider.GetRequiredService<Stores>(),
            provider.GetRequiredService<Stats>(),
            provider.GetRequiredService<EventSearch>(),
            provider.GetRequiredService<AlertDispatcher>(),
            NewFanout(provider),
            new AlertCleaner(
                provider.GetRequiredService<Stores>(), provider.GetRequiredService<IOptions<AlertOptions>>().Value, provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<IOptions<AlertOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SilenceWatch>>()));
        services.AddSingleton(provider => new AlertSearch(
            provider.GetRequiredService<Stores>(),
            provider.GetRequiredService<ActiveRules>(),
            provider.GetRequiredService<IOptions<AlertOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AlertSearch>>()));
        services.AddSingleton<RuleTrial>();
        services.AddSingleton(provider => new AlertExplainer(provider.GetRequiredService<EventLookup>(), provider.GetRequiredService<ActiveRules>()));
        services.AddSingleton(provider => new AlertsEndpoint(
            provider.GetRequiredService<AlertSearch>(), provider.GetRequiredService<ActiveRules>(), provider.GetRequiredService<Stores>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ChannelStates>();
        services.AddSingleton(provider => new Redelivery(
            provider.GetRequiredService<Stores>(),
            provider.GetRequiredService<IMessageQueue>(),
            provider.GetRequiredService<AlertDispatcher>(),
            provider.GetRequiredService<AlertChannels>(),
            provider.GetRequiredService<ChannelStates>(),
            provider.GetRequiredService<ILogger<Redelivery>>()));
        services.AddSingleton<ChannelsEndpoint>();
        return services;
    }

    private static Fanout NewFanout(IServiceProvider provider) => new(
        provider.GetRequiredService<IMessageQueue>(),
        provider.GetRequiredService<AlertDispatcher>(),
        provider.GetRequiredService<AlertChannels>().All);

    /// <summary>Adds the watch for what is quiet or late, for hosts without timers.</summary>
    public static IServiceCollection AddSilenceService(this IServiceCollection services) =>
        services.AddHostedService<SilenceService>();

    /// <summary>Adds the reader of the alert queue, for hosts without a queue trigger.</summary>
    public static IServiceCollection AddAlertDeliveryService(this IServiceCollection services) =>
        services.AddHostedService<AlertDeliveryService>();
}
