namespace Trailgate.Tests.Support;

/// <summary>The public sample events, where they lie beside the clone or where <c>TRAILGATE_SHARED</c> says.</summary>
internal static class Corpus
{
    /// <summary>Why a test of the samples is skipped.</summary>
    public const string Missing = "The public samples lie neither in ../shared nor where TRAILGATE_SHARED says.";

    /// <summary>The directory of the samples, or null in a clone alone.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>The files of single events, or null in a clone alone.</summary>
    public static string[]? Events { get; } = Files("events", "*.json");

    /// <summary>The files of the shapes in which events arrive, or null in a clone alone.</summary>
    public static string[]? Envelopes { get; } = Files("envelopes", "*");

    /// <summary>The text of a sample envelope, or null in a clone alone.</summary>
    public static string? Envelope(string name) => Files("envelopes", name) is [var file] ? File.ReadAllText(file) : null;

    private static string[]? Files(string folder, string pattern) =>
        Folder is null ? null : [.. Directory.EnumerateFiles(Path.Combine(Folder, folder), pattern).Order(StringComparer.Ordinal)];

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("TRAILGATE_SHARED") is { Length: > 0 } named)
        {
            return Path.Combine(named, "corpus");
        }

        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, "shared", "corpus");
            if (Directory.Exists(Path.Combine(candidate, "events")))
            {
                return candidate;
            }
        }

        return null;
    }
}
