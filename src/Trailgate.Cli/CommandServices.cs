using Microsoft.Extensions.Options;
using Trailgate.Azure;
using Trailgate.Hosting;
using Trailgate.Storage;

namespace Trailgate.Cli;

/// <summary>The product for a command that works on the stores itself, without a server.</summary>
internal static class CommandServices
{
    /// <summary>
    /// As <see cref="Build"/>, for a command that works on stores that are there. Only a server makes a directory: made by
    /// another in the place of a disk that is away, it would be taken for the store by a server that waits for it.
    /// </summary>
    /// <exception cref="OptionsValidationException">A setting is wrong; the message names it.</exception>
    /// <exception cref="StorageException">The directory of a store is not there.</exception>
    public static ServiceProvider BuildOnStores(ConfigurationManager settings)
    {
        var provider = Build(settings);
        foreach (var (_, _, store) in provider.GetRequiredService<IOptions<StorageOptions>>().Value.All())
        {
            if (store is { Connection.IsSet: false, Data: { } data })
            {
                _ = FileBlobStore.OpenExisting(data);
            }
        }

        return provider;
    }

    /// <summary>Registers the product by the settings, and checks them.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong; the message names it.</exception>
    public static ServiceProvider Build(ConfigurationManager settings)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => Logging.Configure(logging, settings));
        services.AddTrailgateAzure(settings).AddTrailgate(settings);
        var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IStartupValidator>().Validate();
        return provider;
    }
}
