using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Ingest;
using Trailgate.Normalize;
using Trailgate.Query;
using Trailgate.Query.Changes;
using Trailgate.Query.Index;
using Trailgate.Query.Stories;
using Trailgate.Query.Views;
using Trailgate.Storage;

namespace Trailgate.Hosting;

/// <summary>Registers the product.</summary>
public static class TrailgateServices
{
    // The ingest endpoint answers 413 at its own limit, in its own words. Beyond Kestrel's the connection is cut, often before
    // the sender has read why; so there is room for a body that is somewhat too long, with its framing.
    private const long SlackBytes = 16 * 1024 * 1024;

    /// <summary>
    /// Registers all features, for both hosts: over file stores, unless an <see cref="OpenStore"/> and a queue of another
    /// kind were registered before. Options are checked when the host starts; every wrong setting is reported by its full
    /// name.
    /// </summary>
    public static IServiceCollection AddTrailgate(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(configuration);

        services.AddStores();
        services.AddSingleton<StoreNames>();
        services.AddSigning();
        services.AddIngest();
        services.AddOptions<AlertOptions>().BindReadable(AlertOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AlertOptions>, LedgerLateValidator>();
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
        .AddSilenceService()
        .AddHostedService<ArchiveService>();

    private static void AddIngest(this IServiceCollection services)
    {
        services.AddOptions<IngestOptions>().BindReadable(IngestOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<IngestOptions>, IngestOptions>();
        services.AddOptions<RedactionSettings>().BindReadable(RedactionSettings.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RedactionSettings>, RedactionSettings>();
        services.AddCheckedOptions<RegionOptions>(RegionOptions.Section);
        services.AddSingleton<IValidateOptions<RegionOptions>, RegionOptionsValidator>();
        services.AddSingleton(static provider => new RegionTable(provider.GetRequiredService<IOptions<RegionOptions>>().Value.Names));
        services.AddCheckedOptions<SourcesOptions>(SourcesOptions.Section);
        services.AddSingleton<IValidateOptions<SourcesOptions>, SourcesOptionsValidator>();
        services.AddSingleton(static provider => new Residency(
            provider.GetRequiredService<Stores>(),
            provider.GetRequiredService<RegionTable>(),
            provider.GetRequiredService<IOptions<RegionOptions>>().Value.Assigned(),
            provider.GetRequiredService<IOptions<SourcesOptions>>().Value.Assigned()));
        services.AddSingleton<Inboxes>();
        services.AddSingleton<ReceiptWriter>();
        services.AddSingleton<IngestEndpoint>();
        services.AddCheckedOptions<HandshakeOptions>(HandshakeOptions.Section);
        services.AddSingleton<IValidateOptions<HandshakeOptions>, HandshakeOptionsValidator>();
        services.AddSingleton<HandshakeEndpoint>();
        services.AddSingleton<SubscriptionValidation>();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<IngestOptions>>(LimitBodies);
    }

    private static void LimitBodies(KestrelServerOptions kestrel, IOptions<IngestOptions> ingest)
    {
        try
        {
            kestrel.Limits.MaxRequestBodySize = ingest.Value.MaxBodyBytes + SlackBytes;
        }
        catch (OptionsValidationException)
        {
            // A listener is made before the settings are checked, and that check tells of all that is wrong, not of this alone.
        }
    }

    private static void AddArchive(this IServiceCollection services)
    {
        services.AddCheckedOptions<ArchiveOptions>(ArchiveOptions.Section);
        services.AddSingleton<IValidateOptions<ArchiveOptions>, ArchiveOptionsValidator>();
        services.AddMetrics();
        services.AddSingleton<ArchiveMetrics>();
        services.AddSingleton(static provider => new Archiver(
            [.. provider.GetRequiredService<Stores>().All.Select(store => NewArchiver(provider, store))],
            provider.GetRequiredService<ArchiveMetrics>(),
            provider.GetRequiredService<TimeProvider>()));
    }

    private static StoreArchiver NewArchiver(IServiceProvider provider, Store store)
    {
        // Alerts of the pipeline lie together in the default store: the subject says which store one is about.
        var about = store.IsDefault ? "" : $"store {store}: ";
        var alerts = provider.GetRequiredService<AlertDispatcher>();
        var watch = provider.GetRequiredService<ConservationWatch>();
        var indexer = ActivatorUtilities.CreateInstance<StoreIndexer>(provider, store);
        var hooks = new ArchiveHooks(RaiseAsync, (batch, content, token) => alerts.CatchUpAsync(store, batch, content, token))
        {
            IndexAsync = token => indexer.CatchUpAsync(StoreIndexer.RunStep, token),
            CheckAsync = token => watch.CheckAsync(store, RaiseAsync, token),
        };
        return ActivatorUtilities.CreateInstance<StoreArchiver>(provider, store, hooks);

        Task RaiseAsync(string subject, string message, CancellationToken token) => alerts.RaiseAsync(about + subject, about + message, token);
    }

    private static void AddQuery(this IServiceCollection services)
    {
        services.AddSingleton(static provider => new StoreReaders(
            [.. provider.GetRequiredService<Stores>().All.Select(store => new StoreReader(store, provider.GetRequiredService<ILogger<InboxReader>>()))],
            provider.GetRequiredService<ILogger<StoreReaders>>()));
        services.AddSingleton<EventSearch>();
        services.AddSingleton<EventLookup>();
        services.AddSingleton<EventsEndpoint>();
        services.AddSingleton<StorySearch>();
        services.AddSingleton<StoryEndpoint>();
        services.AddSingleton<ChangeSearch>();
        services.AddSingleton<ChangesEndpoint>();
        services.AddSingleton<ViewStore>();
        services.AddSingleton<ViewsEndpoint>();
        services.AddSingleton<EventProver>();
        services.AddSingleton<ProofEndpoint>();
        services.AddSingleton<Stats>();
        services.AddSingleton<ConservationWatch>();
        services.AddSingleton<NoteSeals>();
        services.AddSingleton<StatsEndpoint>();
    }

    private static void AddCheckedOptions<TOptions>(this IServiceCollection services, string section)
        where TOptions : class
    {
        services.AddOptions<TOptions>().BindReadable(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>>(new AnnotationValidator<TOptions>(section));
    }
}
