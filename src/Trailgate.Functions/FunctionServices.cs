using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Hosting;

namespace Trailgate.Functions;

/// <summary>Puts the Functions host together: the library, and what only this host asks for. What works in the background elsewhere has triggers here.</summary>
internal static class FunctionServices
{
    public static void AddTrailgate(this IHostApplicationBuilder builder)
    {
        builder.Services.AddTrailgate(builder.Configuration);
        builder.Services.AddSingleton<IValidateOptions<AccessOptions>, KeyNeeded>();
        // The host relays these, and ASP.NET Core writes several lines a request.
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("Trailgate", LogLevel.Information);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
    }
}
