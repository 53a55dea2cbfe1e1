using Microsoft.Extensions.Logging.Console;

namespace Trailgate.Cli;

/// <summary>What reaches the console: our own information, and warnings of the framework.</summary>
internal static class Logging
{
    /// <exception cref="CommandFailedException">A level is none.</exception>
    public static void Configure(ILoggingBuilder logging, IConfiguration settings)
    {
        CheckLevels(settings);
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Trailgate", LogLevel.Information);
        // Its reports of each request are what makes the framework start an activity for each, which nobody reads here:
        // HttpEdge answers for what goes wrong, and says it.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddConfiguration(settings.GetSection("Logging"));
        logging.AddConsole(static options => options.FormatterName = LineFormatter.FormatterName);
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
    }

    // The framework would not say which setting it is.
    private static void CheckLevels(IConfiguration settings)
    {
        foreach (var (key, value) in settings.GetSection("Logging").AsEnumerable())
        {
            if (key.Contains(":LogLevel:", StringComparison.OrdinalIgnoreCase) && value is { Length: > 0 } && !Enum.TryParse<LogLevel>(value, ignoreCase: true, out _))
            {
                throw new CommandFailedException($"{key} is '{value}'; it must be one of {string.Join(", ", Enum.GetNames<LogLevel>())}.");
            }
        }
    }
}
