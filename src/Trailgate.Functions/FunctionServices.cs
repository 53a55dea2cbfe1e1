using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Azure;
using Trailgate.Hosting;
using Trailgate.Signing;

namespace Trailgate.Functions;

/// <summary>Puts the Functions host together: the library, and what only this host asks for. What works in the background elsewhere has triggers here.</summary>
internal static class FunctionServices
{
    /// <summary>The account of the Functions host. Its triggers read the alert queue there, so it holds the default store as well.</summary>
    public const string HostAccount = "AzureWebJobsStorage";

    public static void AddTrailgate(this IHostApplicationBuilder builder)
    {
        builder.Services.AddTrailgateAzure(builder.Configuration, HostAccount).AddTrailgate(builder.Configuration);
        builder.Services.AddSingleton<IValidateOptions<AccessOptions>, KeyNeeded>();
        builder.Services.AddSingleton<IValidateOptions<StorageOptions>, AccountNeeded>();
        builder.Services.AddSingleton<IValidateOptions<SigningOptions>, SigningKeyNeeded>();
        builder.Services.AddHostedService<Readiness>();
        // The host relays these, and ASP.NET Core writes several lines a request.
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("Trailgate", LogLevel.Information);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
    }
}
