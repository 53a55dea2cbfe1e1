using System.Text;
using System.Text.Json;

namespace Trailgate.EndToEnd.Tests.Corpus;

/// <summary>A sample event: a file with one JSON object.</summary>
internal sealed record CorpusFile(string Name, string Text)
{
    /// <summary>Our own samples.</summary>
    public static IReadOnlyList<CorpusFile> Own { get; } = In(Path.Combine(AppContext.BaseDirectory, "Corpus", "events"));

    /// <summary>The public samples, where they lie beside the working copy or where <c>TRAILGATE_SHARED</c> says; else none.</summary>
    public static IReadOnlyList<CorpusFile> Public { get; } = FindPublic() is { } folder ? In(folder) : [];

    /// <summary>Whether it, or the event that IBM's <c>payload</c> or <c>line</c> wraps, has a text as its action.</summary>
    public bool HasAction
    {
        get
        {
            using var document = JsonDocument.Parse(Text);
            var root = document.RootElement;
            return IsAction(root)
                || (root.TryGetProperty("payload", out var payload) && IsAction(payload))
                || (root.TryGetProperty("line", out var line) && IsAction(line));
        }
    }

    /// <summary>A member that is a text, else null.</summary>
    public string? Member(string name)
    {
        using var document = JsonDocument.Parse(Text);
        return document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    /// <summary>The event as a line of NDJSON.</summary>
    public string OnOneLine
    {
        get
        {
            using var document = JsonDocument.Parse(Text);
            using var line = new MemoryStream();
            using (var writer = new Utf8JsonWriter(line))
            {
                document.WriteTo(writer);
            }

            return Encoding.UTF8.GetString(line.ToArray());
        }
    }

    private static bool IsAction(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty("action", out var action) && action.ValueKind == JsonValueKind.String;

    private static List<CorpusFile> In(string folder) =>
        [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(file => new CorpusFile(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file)))];

    private static string? FindPublic()
    {
        if (Environment.GetEnvironmentVariable("TRAILGATE_SHARED") is { Length: > 0 } named)
        {
            return Path.Combine(named, "corpus", "events");
        }

        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var folder = Path.Combine(directory.FullName, "shared", "corpus", "events");
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        return null;
    }
}
