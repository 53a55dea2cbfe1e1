using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Query.Changes;

/// <summary>What an event says of an object by one of its bodies.</summary>
internal sealed record ObjectStatement
{
    private const string Spec = "spec";

    /// <summary>The members that it tells.</summary>
    public required IReadOnlyList<(string Name, SeenValue Value)> Members { get; init; }

    /// <summary>The event.</summary>
    public required Observation Seen { get; init; }

    /// <summary>What it means for members that it does not tell.</summary>
    public required Merging Merging { get; init; }

    /// <summary>Whether it stands under <c>newValue</c>, where sources write what others have in the object's <c>spec</c>.</summary>
    public bool IsNewValue { get; private init; }

    /// <summary>Whether it writes all but <c>metadata</c> and <c>status</c>, as an update of Kubernetes does.</summary>
    public bool Rewrites { get; private init; }

    /// <summary>What a request says; null when it says nothing.</summary>
    public static ObjectStatement? OfRequest(EventDocument read, EventBodies bodies, Observation seen)
    {
        if (bodies.Request is not { ValueKind: JsonValueKind.Object } request)
        {
            return null;
        }

        var isKubernetes = read.Action.StartsWith("kubernetes.", StringComparison.Ordinal);
        var isNewValue = EventDocument.Find(request, "newValue") is { ValueKind: JsonValueKind.Object };
        var body = isNewValue ? new SeenValue(request.GetProperty("newValue"), "/requestData/newValue", seen) : new SeenValue(request, "/requestData", seen);
        return Of(body, read.Kind == EventKind.Create ? Merging.Shown : isKubernetes ? Merging.KubernetesPatch : Merging.Patch) is { } said
            ? said with { IsNewValue = isNewValue, Rewrites = isKubernetes && read.Action.EndsWith(".update", StringComparison.Ordinal) }
            : null;
    }

    /// <summary>What an answer about one object says; null when it says nothing.</summary>
    public static ObjectStatement? OfAnswer(EventBodies bodies, Observation seen) =>
        bodies.Response is { ValueKind: JsonValueKind.Object } answer ? OfEntry(new SeenValue(answer, "/responseData", seen)) : null;

    /// <summary>What an answer, or an entry of a list, says.</summary>
    public static ObjectStatement? OfEntry(SeenValue entry) => Of(entry, ObjectBody.IsWhole(entry.Json) ? Merging.Whole : Merging.Shown);

    /// <summary>Adds what it says to what is known of the object.</summary>
    public void AddTo(KnownValue known)
    {
        if (Merging == Merging.Whole)
        {
            known.Remove(Seen);
        }

        var place = PlaceIn(known).Known;
        foreach (var member in Members)
        {
            place.MergeMembers([member], Seen, MergingOf(member.Name));
        }

        known.Confirm(Seen, Merging == Merging.Whole);
    }

    /// <summary>Where its members stand in the object.</summary>
    public (KnownValue Known, string Path) PlaceIn(KnownValue known) =>
        IsNewValue && known.Member(Spec) is { State: Knowledge.Object } spec && Members.All(static member => member.Name != Spec)
            ? (spec, "/" + Spec)
            : (known, "");

    /// <summary>What a member's value means for members of its own.</summary>
    public Merging MergingOf(string member) => Rewrites ? member is "metadata" or "status" ? Merging.Shown : Merging.Whole : Merging;

    private static ObjectStatement? Of(SeenValue body, Merging merging)
    {
        var members = ObjectBody.MembersOf(body).ToList();
        return members.Count == 0 ? null : new ObjectStatement { Members = members, Seen = body.Seen, Merging = merging };
    }
}
