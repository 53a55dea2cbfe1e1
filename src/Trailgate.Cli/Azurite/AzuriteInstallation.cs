using System.ComponentModel;
using System.Diagnostics;

namespace Trailgate.Cli.Azurite;

/// <summary>Where Azurite's script lies: where npm has put it for this user, or in a folder of ours, from npm at its first use.</summary>
internal static class AzuriteInstallation
{
    /// <summary>The version that is installed when there is none.</summary>
    public const string Version = "3.35.0";

    private const string ScriptInPackage = "dist/src/azurite.js";

    /// <summary>Finds the script, or installs the package.</summary>
    /// <param name="output">Is told about an installation, which takes its time.</param>
    /// <param name="cancellationToken">Stops an installation.</param>
    /// <exception cref="CommandFailedException">There is no Node.js, or npm could not install it.</exception>
    public static async Task<string> FindAsync(TextWriter output, CancellationToken cancellationToken)
    {
        if (OnPath("node") is null)
        {
            throw NodeIsMissing();
        }

        // A command that npm has put on the path is a link to the script.
        if (OnPath("azurite") is { } command
            && File.ResolveLinkTarget(command, returnFinalTarget: true)?.FullName is { } script
            && script.EndsWith(ScriptInPackage, StringComparison.Ordinal))
        {
            return script;
        }

        var folder = Path.Combine(CacheFolder(), $"azurite-{Version}");
        var installed = ScriptIn(folder);
        if (!File.Exists(installed))
        {
            await output.WriteLineAsync($"Installing Azurite {Version} from npm into {folder}, once.");
            await InstallAsync(folder, cancellationToken);
        }

        return installed;
    }

    /// <summary>The script of a package that npm has installed in a folder.</summary>
    public static string ScriptIn(string folder) => Path.Combine(folder, "node_modules", "azurite", ScriptInPackage);

    /// <summary>What to say where Node.js is missing.</summary>
    public static CommandFailedException NodeIsMissing() => new(
        "--azurite needs Node.js 20 or later, which is not on the PATH: see https://nodejs.org. Without it, leave --azurite out (the file store needs nothing), or name an account with --connection.");

    private static async Task InstallAsync(string folder, CancellationToken cancellationToken)
    {
        // Into a folder of its own first: a half-done installation must not be taken for a whole one.
        var temporary = $"{folder}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(temporary);
        try
        {
            using var npm = StartNpm(temporary);
            var errors = npm.StandardError.ReadToEndAsync(cancellationToken);
            await npm.WaitForExitAsync(cancellationToken);
            if (npm.ExitCode != 0)
            {
                throw new CommandFailedException($"npm could not install Azurite: {(await errors).Trim()}");
            }

            Directory.Move(temporary, folder);
        }
        catch (IOException) when (File.Exists(ScriptIn(folder)))
        {
            // Another process was faster.
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    private static Process StartNpm(string folder)
    {
        var info = new ProcessStartInfo("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "--silent", $"azurite@{Version}"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(info)!; // not null: no shell is used
        }
        catch (Win32Exception)
        {
            throw new CommandFailedException("--azurite needs npm to install Azurite once, and npm is not on the PATH. It comes with Node.js: https://nodejs.org.");
        }
    }

    private static string CacheFolder() => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "trailgate");

    private static string? OnPath(string command) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, command))
        .FirstOrDefault(File.Exists);
}
