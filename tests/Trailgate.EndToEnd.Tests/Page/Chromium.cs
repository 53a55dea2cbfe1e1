namespace Trailgate.EndToEnd.Tests.Page;

/// <summary>The browser of this machine. None is ever downloaded: ./test.sh installs the one of the distribution.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>Where it is; null where there is none.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(System.IO.Path.PathSeparator)
        .SelectMany(static folder => Names.Select(name => System.IO.Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>What keeps it to this machine, and running as root in a container.</summary>
    public static string[] Flags { get; } =
    [
        "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic",
    ];
}

/// <summary>A test in a browser, on a desktop and on a phone; skipped, with the reason, where there is no browser.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute()
    {
        if (Chromium.Path is null)
        {
            Skip = "There is no Chromium on the PATH; on Debian: apt-get install chromium.";
        }
    }
}

/// <summary>What the page is looked at with.</summary>
public enum Screen
{
    /// <summary>1440 by 900, light.</summary>
    Desktop,

    /// <summary>390 by 844, dark.</summary>
    Phone,
}
