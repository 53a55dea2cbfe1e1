using System.Text.Json;

namespace Trailgate.Query.Changes;

/// <summary>
/// Some sources of IBM Cloud tell both values themselves: <c>initialValue</c> and <c>newValue</c> in the request, or several
/// such pairs in its <c>update</c>, with <c>updateType</c> as the name of what changed.
/// </summary>
internal static class GivenChanges
{
    /// <summary>Adds the pairs of an event; false when it has none.</summary>
    public static bool Add(DifferenceList list, EventBodies bodies, Observation seen)
    {
        if (bodies.Request is not { ValueKind: JsonValueKind.Object } request)
        {
            return false;
        }

        var body = new SeenValue(request, "/requestData", seen);
        if (AddPair(list, body))
        {
            return true;
        }

        if (EventDocument.Find(request, "update") is not { ValueKind: JsonValueKind.Array } updates)
        {
            return false;
        }

        var place = new SeenValue(updates, "/requestData/update", seen);
        return updates.EnumerateArray().Select((update, index) => AddPair(list, place.Element(update, index))).ToList().Contains(true);
    }

    private static bool AddPair(DifferenceList list, SeenValue body)
    {
        if (EventDocument.Find(body.Json, "initialValue") is not { } initial || EventDocument.Find(body.Json, "newValue") is not { } now)
        {
            return false;
        }

        var known = new KnownValue();
        known.Merge(body with { Json = initial, Pointer = body.Pointer + "/initialValue" }, Merging.Whole);
        var name = EventDocument.Find(body.Json, "updateType") is { } type && EventDocument.TextOf(type) is { Length: > 0 } text ? text : "newValue";
        list.Add(JsonPath.Append("", name), known, body with { Json = now, Pointer = body.Pointer + "/newValue" }, Merging.Shown);
        return true;
    }
}
