using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Trailgate.Storage;

namespace Trailgate.Hosting;

/// <summary>Registers the stores and the queue.</summary>
internal static class StoreRegistration
{
    /// <summary>
    /// Adds <see cref="Stores"/> and <see cref="IMessageQueue"/>. An <see cref="OpenStore"/>, an <see cref="IBlobStore"/>
    /// for the default store, or a queue that was registered before is used instead of files.
    /// </summary>
    public static IServiceCollection AddStores(this IServiceCollection services)
    {
        // A connection string is the value of a section that has members as well, which no binder reads.
        services.AddOptions<StorageOptions>().BindReadable(StorageOptions.Section).ValidateOnStart()
            .Configure<IConfiguration>(static (options, configuration) =>
            {
                foreach (var (_, section, store) in options.All())
                {
                    store.Connection = ConnectionOptions.Read(configuration.GetSection($"{section}:{nameof(store.Connection)}"));
                }
            });
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services.AddSingleton<IValidateOptions<StorageOptions>, UnknownSettings>();
        services.TryAddSingleton<OpenStore>(FileStores.Open);
        services.TryAddSingleton(static provider =>
            provider.GetRequiredService<OpenStore>()(Store.DefaultName, OptionsOf(provider)));
        services.TryAddSingleton(static provider => FileStores.OpenQueue(OptionsOf(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider =>
        {
            var open = provider.GetRequiredService<OpenStore>();
            var more = OptionsOf(provider).All().Skip(1).Select(store => new Store(store.Name, open(store.Name, store.Options)));
            return new Stores([new Store(Store.DefaultName, provider.GetRequiredService<IBlobStore>()), .. more]);
        });
        return services;
    }

    private static StorageOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<StorageOptions>>().Value;
}
