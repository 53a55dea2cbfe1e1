using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Storage;

namespace Trailgate.Alerts;

/// <summary>Registers what alerts need.</summary>
public static class AlertRegistration
{
    /// <summary>
    /// Adds <see cref="AlertDispatcher"/> and <see cref="AlertDelivery"/>. Needs <see cref="Stores"/>,
    /// <see cref="IMessageQueue"/>, <see cref="TimeProvider"/> and the configuration beside it; wrong settings stop the start.
    /// </summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services)
    {
        services.AddOptions<AlertOptions>().BindConfiguration(AlertOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AlertOptions>, AlertOptionsValidator>());
        services.AddSingleton(provider => RuleSet.From(provider.GetRequiredService<IOptions<AlertOptions>>().Value));
        services.AddSingleton(provider => new AlertDispatcher(
            provider.GetRequiredService<Stores>(),
            provider.GetRequiredService<IMessageQueue>(),
            provider.GetRequiredService<RuleSet>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AlertDispatcher>>())
        {
            HasChannels = provider.GetRequiredService<IOptions<AlertOptions>>().Value.Channels.Count > 0,
        });
        services.AddSingleton(provider => AlertChannels.Create(
            provider.GetRequiredService<IOptions<AlertOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new AlertDelivery(
            provider.GetRequiredService<Stores>(),
            provider.GetRequiredService<IMessageQueue>(),
            provider.GetRequiredService<AlertDispatcher>(),
            provider.GetRequiredService<AlertChannels>(),
            provider.GetRequiredService<ChannelStates>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AlertDelivery>>()));
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

    /// <summary>Adds the reader of the alert queue, for hosts without a queue trigger.</summary>
    public static IServiceCollection AddAlertDeliveryService(this IServiceCollection services) =>
        services.AddHostedService<AlertDeliveryService>();
}
