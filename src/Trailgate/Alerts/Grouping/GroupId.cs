using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Trailgate.Alerts.Rules;
using Trailgate.Storage;

namespace Trailgate.Alerts.Grouping;

/// <summary>
/// Names a group within a store: the rule, and a hash over the fields that it groups by with their values. The same events
/// give the same group, in every process and after every restart.
/// </summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Hash">16 hexadecimal digits.</param>
internal readonly record struct GroupId(string Rule, string Hash)
{
    private const string Folder = "groups/";
    private const int HashLength = 16;

    /// <summary>Where the state of all groups is listed.</summary>
    public static string Prefix => Folder;

    /// <summary>The state; replaced by compare-and-swap.</summary>
    public BlobName Blob => new(Containers.Alerts, $"{Folder}{Rule}/{Hash}.json");

    /// <summary>What incident systems merge by.</summary>
    public string Thread => $"{Rule}:{Hash}";

    public static GroupId Of(Alert alert)
    {
        // Each text with its length in front, so that no two lists of parts read the same.
        var text = new StringBuilder();
        foreach (var (name, value) in alert.Group)
        {
            text.Append(name.Length).Append(':').Append(name).Append(value.Length).Append(':').Append(value);
        }

        return new GroupId(alert.Rule, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, HashLength / 2)));
    }

    /// <summary>Where the notifications of a summary are named.</summary>
    public string SummaryKey(long window) => string.Create(CultureInfo.InvariantCulture, $"{Folder}{Rule}/{Hash}/{window:D10}");

    /// <summary>When the window was opened of whose summary a path is, below whatever folder; null for other paths.</summary>
    public static DateTimeOffset? OpenedAt(string path) =>
        path.Split('/') is [_, _, _, _, { Length: >= 10 } window, ..] && long.TryParse(window.AsSpan(0, 10), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    /// <summary>Reads the path of a state.</summary>
    public static bool TryParsePath(string path, out GroupId id)
    {
        id = default;
        return path.Split('/') is [_, var rule, var file] && file.EndsWith(".json", StringComparison.Ordinal) && TryParse(rule, file[..^".json".Length], out id);
    }

    public static bool TryParse(string? rule, string? hash, out GroupId id)
    {
        id = new GroupId(rule ?? "", hash ?? "");
        return rule is not null && RuleReader.IsName(rule)
            && hash is { Length: HashLength } && hash.All(char.IsAsciiHexDigitLower);
    }
}
