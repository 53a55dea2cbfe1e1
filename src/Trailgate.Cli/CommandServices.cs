using Microsoft.Extensions.Options;
using Trailgate.Azure;
using Trailgate.Hosting;

namespace Trailgate.Cli;

/// <summary>The product for a command that works on the stores itself, without a server.</summary>
internal static class CommandServices
{
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
