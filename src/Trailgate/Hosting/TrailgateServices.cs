using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Ingest;
using Trailgate.Normalize;
using Trailgate.Query;
using Trailgate.Storage;

namespace Trailgate.Hosting;

/// <summary>Registers the product.</summary>
public static class TrailgateServices
{
    // The ingest endpoint answers 413 at its own limit, in its own words. Beyond Kestrel's the connection is cut, often before
    // the sender has read why; so there is room for a body that is somewhat too long, with its framing.
    private const long SlackBytes = 16 * 1024 * 1024;

    /// <summary>
    /// Registers all features, for both hosts: over the file store, unless a store was registered before. Options are
    /// checked when the host starts; every wrong setting is reported by its full name.
    /// </summary>
    public static IServiceCollection AddTrailgate(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(configuration);

        services.AddCheckedOptions<StorageOptions>(StorageOptions.Section);
        services.AddSingleton<IValidateOptions<StorageOptions>, UnknownSettings>();
        services.TryAddSingleton<IBlobStore>(static provider => new FileBlobStore(DataOf(provider)));
        services.TryAddSingleton<IMessageQueue>(static provider => new FileMessageQueue(
            Path.Combine(DataOf(provider), "queues", "alerts"), provider.GetRequiredService<TimeProvider>()));

        services.AddIngest();
        services.AddAlerts();
        services.AddArchive();
        services.AddQuery();

        services.AddCheckedOptions<AccessOptions>(AccessOptions.Section);
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>();
        services.AddSingleton<AccessKeys>();
        services.AddSingleton<HealthEndpoint>();
        services.AddSingleton<HttpEdge>();
        return services;
    }

    /// <summary>Adds what works on its own in the standalone host, where nothing else triggers it.</summary>
    public static IServiceCollection AddTrailgateBackground(this IServiceCollection services) => services
        .AddAlertDeliveryService()
        .AddHostedService<ArchiveService>();

    private static void AddIngest(this IServiceCollection services)
    {
        services.AddOptions<IngestOptions>().BindConfiguration(IngestOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<IngestOptions>, IngestOptions>();
        services.AddOptions<RedactionSettings>().BindConfiguration(RedactionSettings.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RedactionSettings>, RedactionSettings>();
        services.AddCheckedOptions<RegionOptions>(RegionOptions.Section);
        services.AddSingleton<IValidateOptions<RegionOptions>, RegionOptionsValidator>();
        services.AddSingleton(static provider => new RegionTable(provider.GetRequiredService<IOptions<RegionOptions>>().Value.Names));
        services.AddSingleton<Inbox>();
        services.AddSingleton<IngestEndpoint>();
        services.AddCheckedOptions<HandshakeOptions>(HandshakeOptions.Section);
        services.AddSingleton<IValidateOptions<HandshakeOptions>, HandshakeOptionsValidator>();
        services.AddSingleton<HandshakeEndpoint>();
        services.AddSingleton<SubscriptionValidation>();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<IngestOptions>>(static (kestrel, ingest) =>
            kestrel.Limits.MaxRequestBodySize = ingest.Value.MaxBodyBytes + SlackBytes);
    }

    private static void AddArchive(this IServiceCollection services)
    {
        services.AddCheckedOptions<ArchiveOptions>(ArchiveOptions.Section);
        services.AddSingleton<IValidateOptions<ArchiveOptions>, ArchiveOptionsValidator>();
        services.AddSingleton<ArchiveReader>();
        services.AddSingleton(static provider =>
        {
            var alerts = provider.GetRequiredService<AlertDispatcher>();
            return new ArchiveHooks(alerts.RaiseAsync, alerts.CatchUpAsync);
        });
        services.AddSingleton<Archiver>();
    }

    private static void AddQuery(this IServiceCollection services)
    {
        services.AddSingleton<InboxReader>();
        services.AddSingleton<ArchiveCatalog>();
        services.AddSingleton<EventSearch>();
        services.AddSingleton<EventLookup>();
        services.AddSingleton<OverflowReader>();
        services.AddSingleton<EventsEndpoint>();
        services.AddSingleton<Stats>();
        services.AddSingleton<StatsEndpoint>();
    }

    private static void AddCheckedOptions<TOptions>(this IServiceCollection services, string section)
        where TOptions : class
    {
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>>(new AnnotationValidator<TOptions>(section));
    }

    private static string DataOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<StorageOptions>>().Value.Data;
}
