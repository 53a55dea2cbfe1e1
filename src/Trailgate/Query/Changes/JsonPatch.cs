using System.Text.Json;

namespace Trailgate.Query.Changes;

/// <summary>Bodies that are lists of operations (RFC 6902). They are not carried out, but what they touch is known.</summary>
internal static class JsonPatch
{
    /// <summary>The places that operations change, as names; empty for a list of something else.</summary>
    public static List<string[]> PathsOf(JsonElement body)
    {
        var paths = new List<string[]>();
        foreach (var step in body.EnumerateArray())
        {
            var op = Text(step, "op");
            if (op is not (null or "test"))
            {
                Add(Text(step, "path"));
                Add(op == "move" ? Text(step, "from") : null);
            }
        }

        return paths;

        void Add(string? path)
        {
            if (path is ['/', .. var names])
            {
                paths.Add([.. names.Split('/').Select(JsonPath.Unescape)]);
            }
        }
    }

    private static string? Text(JsonElement step, string name) => EventDocument.Find(step, name) is { } found ? EventDocument.TextOf(found) : null;
}
