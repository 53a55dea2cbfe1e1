using System.Globalization;
using Trailgate.Hosting;

namespace Trailgate.Cli.Azurite;

/// <summary><c>serve --azurite</c>: an Azurite for this server, and the settings that make it its store.</summary>
internal static class LocalAzurite
{
    /// <summary>Where every tool expects an Azurite: <c>UseDevelopmentStorage=true</c> means these ports.</summary>
    public const int UsualPort = 10000;

    /// <summary>Starts it, makes it the store, and says how others reach it.</summary>
    /// <exception cref="CommandFailedException">It can not be started; the message says why.</exception>
    public static async Task<AzuriteProcess> StartAsync(
        ConfigurationManager settings, int port, TextWriter output, CancellationToken cancellationToken)
    {
        var script = await AzuriteInstallation.FindAsync(output, cancellationToken);
        var data = settings["Trailgate:Data"] is { Length: > 0 } configured ? configured : new StorageOptions().Data!; // not null: it is the default store's
        var folder = Path.GetFullPath(Path.Combine(data, "azurite"));
        var azurite = await AzuriteProcess.StartAsync(new AzuriteStart(script, folder) { Port = port }, cancellationToken);
        var connection = azurite.ConnectionString(AzuriteStart.DevelopmentAccount);
        Settings.Use(settings, (ConnectionOptions.Section, connection));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"Azurite listens on http://127.0.0.1:{azurite.BlobPort} (blobs) and http://127.0.0.1:{azurite.QueuePort} (queues) and keeps {folder}"));
        await output.WriteLineAsync($"  others   --connection '{(port == UsualPort ? "UseDevelopmentStorage=true" : connection)}'");
        return azurite;
    }
}
