using System.Text.Json;

namespace Trailgate.Query.Changes;

/// <summary>Bodies that are lists of operations (RFC 6902). They are not carried out, but what they touch is known.</summary>
internal static class JsonPatch
{
    /// <summary>The places that operations change, as names; empty for a list of something else.</summary>
    public static List<string[]> PathsOf(JsonElement body) =>
    [
        .. body.EnumerateArray()
            .Where(static step => EventDocument.Find(step, "op") is { } op && EventDocument.TextOf(op) is { } name and not "test")
            .SelectMany(static step => new[] { EventDocument.Find(step, "path"), EventDocument.Find(step, "op") is { } op && EventDocument.TextOf(op) == "move" ? EventDocument.Find(step, "from") : null })
            .Select(static place => place is { } path ? EventDocument.TextOf(path) : null)
            .OfType<string>()
            .Where(static path => path.StartsWith('/'))
            .Select(static path => path[1..].Split('/').Select(static name => name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray()),
    ];
}
