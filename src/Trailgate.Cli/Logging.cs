using Microsoft.Extensions.Logging.Console;

namespace Trailgate.Cli;

/// <summary>What reaches the console: our own information, and warnings of the framework.</summary>
internal static class Logging
{
    public static void Configure(ILoggingBuilder logging, IConfiguration settings)
    {
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Trailgate", LogLevel.Information);
        logging.AddConfiguration(settings.GetSection("Logging"));
        logging.AddConsole(static options => options.FormatterName = LineFormatter.FormatterName);
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
    }
}
