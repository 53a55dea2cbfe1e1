using System.Collections.Frozen;
using System.Text.Json;

namespace Trailgate.Query.Changes;

/// <summary>Finds in bodies what they say of an object: its name, its members, and its entry in a list.</summary>
internal static class ObjectBody
{
    // What stands in bodies beside the object: about the request, and about the answer.
    private static readonly FrozenSet<string> Around = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "verb", "method", "url", "originalUrl", "requestURI", "requestUrl", "requestPath", "responseURI", "userAgent", "tid", "requestId", "request_id",
        "projectId", "project_id", "resourceGroupId", "resource_group_id", "platformSource", "updateType", "totalNumberChanges", "statusCode", "status_code");

    /// <summary>The name that a body gives to the object; null when it gives none.</summary>
    /// <param name="body">A request or response.</param>
    /// <param name="type">What the object is, as in <c>codeengine.application</c>.</param>
    public static string? NameIn(JsonElement? body, string type)
    {
        if (body is not { ValueKind: JsonValueKind.Object } known)
        {
            return null;
        }

        var kind = type[(type.LastIndexOf('.') + 1)..];
        foreach (var found in new[] { EventDocument.Find(known, "metadata", "name"), EventDocument.Find(known, "name"), EventDocument.Find(known, kind + "Name") })
        {
            if (found is { } name && EventDocument.TextOf(name) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>The members of a body that are the object's own.</summary>
    public static IEnumerable<(string Name, SeenValue Value)> MembersOf(SeenValue body) =>
        body.Json.EnumerateObject().Where(static member => !Around.Contains(member.Name)).Select(member => (member.Name, body.Member(member)));

    /// <summary>Whether an answer shows all of an object: those of Kubernetes and of Code Engine's API do.</summary>
    public static bool IsWhole(JsonElement answer) =>
        EventDocument.Find(answer, "metadata") is { ValueKind: JsonValueKind.Object } || EventDocument.Find(answer, "entity_tag") is { ValueKind: JsonValueKind.String };

    /// <summary>The entry of an object in the answer to a list: in the list itself, or in one that is a member of it.</summary>
    public static SeenValue? FindIn(SeenValue answer, Func<JsonElement, bool> isWanted)
    {
        if (answer.Json.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var entry in answer.Json.EnumerateArray())
            {
                if (entry.ValueKind == JsonValueKind.Object && isWanted(entry))
                {
                    return answer.Element(entry, index);
                }

                index++;
            }

            return null;
        }

        return answer.Json.EnumerateObject()
            .Where(static member => member.Value.ValueKind == JsonValueKind.Array)
            .Select(member => FindIn(answer.Member(member), isWanted))
            .FirstOrDefault(static found => found is not null);
    }
}
