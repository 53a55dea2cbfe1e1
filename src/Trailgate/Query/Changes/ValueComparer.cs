using System.Text.Json;

namespace Trailgate.Query.Changes;

/// <summary>What can be said of two values. The later ones win where parts of two values are compared.</summary>
internal enum Verdict
{
    /// <summary>They are the same.</summary>
    Equal,

    /// <summary>Something redacted keeps it from being known.</summary>
    Unknown,

    /// <summary>They differ by the keyed hashes of what was redacted in them.</summary>
    DifferentByHash,

    /// <summary>They differ.</summary>
    Different,
}

/// <summary>
/// Compares values of two events. What was redacted is neither equal nor different because it looks so: only keyed hashes
/// tell.
/// </summary>
internal static class ValueComparer
{
    public static Verdict Compare(SeenValue old, SeenValue now) => (old.Json.ValueKind, now.Json.ValueKind) switch
    {
        (JsonValueKind.Object, JsonValueKind.Object) => CompareObjects(old, now),
        (JsonValueKind.Array, JsonValueKind.Array) => CompareArrays(old, now),
        (JsonValueKind.String, JsonValueKind.String) => CompareTexts(old, now),
        _ when IsMasked(old) || IsMasked(now) => Verdict.Unknown, // a secret can have been of any type
        _ => JsonElement.DeepEquals(old.Json, now.Json) ? Verdict.Equal : Verdict.Different,
    };

    private static Verdict CompareObjects(SeenValue old, SeenValue now)
    {
        if (old.Json.GetPropertyCount() != now.Json.GetPropertyCount())
        {
            return Verdict.Different;
        }

        var verdict = Verdict.Equal;
        foreach (var member in now.Json.EnumerateObject())
        {
            if (!old.Json.TryGetProperty(member.Name, out var before))
            {
                return Verdict.Different;
            }

            var part = Compare(old with { Json = before, Pointer = JsonPath.Append(old.Pointer, member.Name) }, now.Member(member));
            verdict = part > verdict ? part : verdict;
        }

        return verdict;
    }

    private static Verdict CompareArrays(SeenValue old, SeenValue now)
    {
        if (old.Json.GetArrayLength() != now.Json.GetArrayLength())
        {
            return Verdict.Different;
        }

        var verdict = Verdict.Equal;
        for (var i = 0; i < now.Json.GetArrayLength(); i++)
        {
            var part = Compare(old.Element(old.Json[i], i), now.Element(now.Json[i], i));
            verdict = part > verdict ? part : verdict;
        }

        return verdict;
    }

    private static Verdict CompareTexts(SeenValue old, SeenValue now)
    {
        var (before, after) = (old.Json.GetString()!, now.Json.GetString()!); // not null: they are strings
        if (!RedactionMarks.IsMasked(before) && !RedactionMarks.IsMasked(after))
        {
            return before == after ? Verdict.Equal : Verdict.Different;
        }

        if (old.Seen.Redactions.HashesOf(before, old.Pointer) is not { Count: > 0 } one
            || now.Seen.Redactions.HashesOf(after, now.Pointer) is not { Count: > 0 } other)
        {
            return Verdict.Unknown;
        }

        return before == after && one.SequenceEqual(other) ? Verdict.Equal : Verdict.DifferentByHash;
    }

    private static bool IsMasked(SeenValue value) =>
        value.Json.ValueKind == JsonValueKind.String && RedactionMarks.IsMasked(value.Json.GetString()!); // not null: it is a string
}
