using Trailgate.Hosting;

namespace Trailgate.Cli;

/// <summary>Where settings come from, the later ones winning: two files of the current directory, environment, command line.</summary>
internal static class Settings
{
    /// <summary>Loads the settings.</summary>
    /// <param name="directory">Where the files are looked for.</param>
    /// <param name="commandLine">What the command line set; null values are left out.</param>
    /// <exception cref="InvalidDataException">A file can not be read.</exception>
    public static ConfigurationManager Load(string directory, params (string Name, string? Value)[] commandLine)
    {
        var configuration = new ConfigurationManager();
        configuration.SetBasePath(directory);
        configuration.AddJsonFile("appsettings.json", optional: true, reloadOnChange: false);
        configuration.AddLocalSettings(directory);
        configuration.AddEnvironmentVariables();
        configuration.AddInMemoryCollection(commandLine
            .Where(setting => setting.Value is not null)
            .Select(setting => KeyValuePair.Create(setting.Name, setting.Value)));
        return configuration;
    }
}
