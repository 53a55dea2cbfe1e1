using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Trailgate.Hosting;

/// <summary>Registers the product. Both hosts call it.</summary>
public static class TrailgateServices
{
    /// <summary>
    /// Registers all features over the file store, unless a store was registered before. Options are checked when the
    /// host starts; every wrong setting is reported by its full name.
    /// </summary>
    public static IServiceCollection AddTrailgate(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(configuration);

        services.AddCheckedOptions<StorageOptions>(configuration, StorageOptions.Section);
        services.AddSingleton<IValidateOptions<StorageOptions>, UnknownSettings>();

        services.AddCheckedOptions<AccessOptions>(configuration, AccessOptions.Section);
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>();
        services.AddSingleton<AccessKeys>();

        services.AddSingleton<HealthEndpoint>();
        services.AddSingleton(static provider => ActivatorUtilities.CreateInstance<HttpEdge>(provider));
        return services;
    }

    private static void AddCheckedOptions<TOptions>(this IServiceCollection services, IConfiguration configuration, string section)
        where TOptions : class
    {
        services.AddOptions<TOptions>().Bind(configuration.GetSection(section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>>(new AnnotationValidator<TOptions>(section));
    }
}
