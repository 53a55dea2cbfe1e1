using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Trailgate.Hosting;
using Trailgate.Storage;

namespace Trailgate.Azure;

/// <summary>Registers the storage of an account.</summary>
public static class AzureServices
{
    /// <summary>The queue of alerts; a trigger on it takes this name.</summary>
    public const string AlertQueue = "alerts";

    /// <summary>
    /// Puts the stores on Azure where a connection is configured, and does nothing where none is: the file store is used
    /// then. To be called before <see cref="TrailgateServices.AddTrailgate"/>.
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
        var section = ConnectionOptions.Section;
        var connection = ConnectionOptions.Read(configuration.GetSection(section));
        if (!connection.IsSet && otherSection is not null)
        {
            section = otherSection;
            connection = ConnectionOptions.Read(configuration.GetSection(section));
        }

        if (!connection.IsSet)
        {
            return services;
        }

        services.AddSingleton<IValidateOptions<StorageOptions>>(new AzureConnectionValidator(section, connection));
        services.AddSingleton(_ => AzureAccount.Open(connection));
        services.AddSingleton<AzureBlobStore>();
        services.AddSingleton<IBlobStore>(static provider => provider.GetRequiredService<AzureBlobStore>());
        services.AddSingleton(static provider => new AzureMessageQueue(provider.GetRequiredService<AzureAccount>(), AlertQueue));
        services.AddSingleton<IMessageQueue>(static provider => provider.GetRequiredService<AzureMessageQueue>());
        services.AddSingleton<AzurePreparation>();
        services.AddHostedService(static provider => provider.GetRequiredService<AzurePreparation>());
        return services;
    }
}
