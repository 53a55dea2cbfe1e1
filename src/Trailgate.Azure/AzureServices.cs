using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Trailgate.Hosting;
using Trailgate.Storage;

namespace Trailgate.Azure;

/// <summary>Registers storage accounts as a kind of store.</summary>
public static class AzureServices
{
    /// <summary>The queue of alerts; a trigger on it takes this name.</summary>
    public const string AlertQueue = "alerts";

    /// <summary>
    /// Opens every store that has a connection on its account, and leaves the others to the file store. To be called before
    /// <see cref="TrailgateServices.AddTrailgate"/>. Containers and queue are made where they are missing.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The settings.</param>
    /// <param name="otherSection">
    /// Where to look when <see cref="ConnectionOptions.Section"/> is not set, such as <c>AzureWebJobsStorage</c>, the
    /// account that every Functions app has.
    /// </param>
    public static IServiceCollection AddTrailgateAzure(
        this IServiceCollection services, IConfiguration configuration, string? otherSection = null)
    {
        if (otherSection is not null)
        {
            services.AddOptions<StorageOptions>().PostConfigure(options =>
            {
                if (!options.Connection.IsSet)
                {
                    options.Connection = ConnectionOptions.Read(configuration.GetSection(otherSection));
                }
            });
        }

        services.AddSingleton<IValidateOptions<StorageOptions>, AzureConnectionValidator>();
        services.AddSingleton<OpenStore>(Open);
        services.AddSingleton<IMessageQueue>(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<StorageOptions>>().Value;
            return options.Connection.IsSet
                ? OpenQueue(options.Connection)
                : FileStores.OpenQueue(options, provider.GetRequiredService<TimeProvider>());
        });
        return services;
    }

    private static IBlobStore Open(string name, StoreOptions settings)
    {
        if (!settings.Connection.IsSet)
        {
            return FileStores.Open(name, settings);
        }

        var store = new AzureBlobStore(AzureAccount.Open(settings.Connection));
        // Once, at the start, on a thread that has nothing else to do.
        store.PrepareAsync(CancellationToken.None).GetAwaiter().GetResult();
        return store;
    }

    private static AzureMessageQueue OpenQueue(ConnectionOptions connection)
    {
        var queue = new AzureMessageQueue(AzureAccount.Open(connection), AlertQueue);
        queue.PrepareAsync(CancellationToken.None).GetAwaiter().GetResult();
        return queue;
    }
}
