using System.Diagnostics;
using Trailgate.Cli.Azurite;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Azurite;

/// <summary>The Azurite that npm has installed for the tests; installed when it is not there. Compiled into each project that needs it.</summary>
internal static class AzuritePackage
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The folder with the package file and its modules.</summary>
    public static string Folder => Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(Script)))))!;

    /// <summary>Azurite's script.</summary>
    public static string Script => Found.Value;

    private static string Find()
    {
        var folder = Path.Combine(SourceTree.Root, "tests", "Azurite");
        var script = AzuriteInstallation.ScriptIn(folder);

        // Several test projects may come here at once; the first one installs.
        using var gate = new Mutex(initiallyOwned: false, "trailgate-tests-azurite");
        gate.WaitOne();
        try
        {
            if (!File.Exists(script))
            {
                Install(folder);
            }
        }
        finally
        {
            gate.ReleaseMutex();
        }

        return script;
    }

    private static void Install(string folder)
    {
        var start = new ProcessStartInfo("npm", ["ci", "--prefix", folder, "--no-audit", "--no-fund", "--silent"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        using var npm = Process.Start(start)!; // not null: no shell is used
        var errors = npm.StandardError.ReadToEnd();
        npm.WaitForExit();
        if (npm.ExitCode != 0)
        {
            throw new InvalidOperationException($"The tests need Azurite, and npm could not install it: {errors}");
        }
    }
}
