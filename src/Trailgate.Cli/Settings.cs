using Trailgate.Hosting;

namespace Trailgate.Cli;

/// <summary>Where settings come from, the later ones winning: two files of the current directory, environment, command line.</summary>
internal static class Settings
{
    /// <summary>Loads the settings.</summary>
    /// <param name="directory">Where the files are looked for.</param>
    /// <param name="data">The file store that the command line chose; null leaves it to the other sources.</param>
    /// <param name="connection">The account that the command line chose; null leaves it to the other sources.</param>
    /// <exception cref="InvalidDataException">A file can not be read.</exception>
    /// <exception cref="CommandFailedException">The command line chose two stores.</exception>
    public static ConfigurationManager Load(string directory, string? data, string? connection)
    {
        if (data is not null && connection is not null)
        {
            throw new CommandFailedException("--data chooses the file store and --connection an Azure one: only one of them can be used.");
        }

        var configuration = new ConfigurationManager();
        configuration.SetBasePath(directory);
        configuration.AddJsonFile("appsettings.json", optional: true, reloadOnChange: false);
        configuration.AddLocalSettings(directory);
        configuration.AddEnvironmentVariables();
        if (data is not null)
        {
            Use(configuration, ("Trailgate:Data", data), (ConnectionOptions.Section, ""));
        }
        else if (connection is not null)
        {
            Use(configuration, (ConnectionOptions.Section, connection));
        }

        return configuration;
    }

    /// <summary>Adds settings of the command line, which win, and forgets the account that other sources name.</summary>
    public static void Use(ConfigurationManager configuration, params ReadOnlySpan<(string Name, string Value)> chosen)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in new[] { "AccountName", "BlobServiceUri", "QueueServiceUri" })
        {
            settings[$"{ConnectionOptions.Section}:{name}"] = "";
        }

        foreach (var (name, value) in chosen)
        {
            settings[name] = value;
        }

        configuration.AddInMemoryCollection(settings);
    }
}
