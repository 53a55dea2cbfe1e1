namespace Trailgate.Tests.Support;

/// <summary>The public sample events, where they lie beside the clone.</summary>
internal static class Corpus
{
    /// <summary>The files of single events, or null in a clone alone.</summary>
    public static string[]? Events { get; } = Find("corpus/events", "*.json");

    /// <summary>The text of a sample envelope, or null in a clone alone.</summary>
    public static string? Envelope(string name) => Find("corpus/envelopes", name) is [var file] ? File.ReadAllText(file) : null;

    private static string[]? Find(string folder, string pattern)
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, "shared", folder);
            if (Directory.Exists(candidate))
            {
                return [.. Directory.EnumerateFiles(candidate, pattern).Order(StringComparer.Ordinal)];
            }
        }

        return null;
    }
}
