using Microsoft.Extensions.Logging.Console;

namespace Trailgate.Cli;

/// <summary>What reaches the console: our own information, and warnings of the framework.</summary>
internal static class Logging
{
    public static void Configure(ILoggingBuilder logging, IConfiguration settings)
    {
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Trailgate", LogLevel.Information);
        // Its reports of each request are what makes the framework start an activity for each, which nobody reads here:
        // HttpEdge answers for what goes wrong, and says it.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddConfiguration(settings.GetSection("Logging"));
        logging.AddConsole(static options => options.FormatterName = LineFormatter.FormatterName);
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
    }
}
