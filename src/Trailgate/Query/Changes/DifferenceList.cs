using System.Buffers;
using System.Text.Json;

namespace Trailgate.Query.Changes;

/// <summary>Holds new values against what was known, member by member.</summary>
internal sealed class DifferenceList
{
    private readonly List<Difference> _differences = [];
    private readonly List<string> _unknown = [];

    /// <summary>What differs.</summary>
    public IReadOnlyList<Difference> Differences => _differences;

    /// <summary>Where a new value is known and no old one.</summary>
    public IReadOnlyList<string> Unknown => _unknown;

    /// <summary>How many places could be compared.</summary>
    public int Compared { get; private set; }

    /// <summary>Whether something redacted kept values from being compared.</summary>
    public bool HasRedacted { get; private set; }

    /// <summary>Whether values differ by their keyed hashes alone.</summary>
    public bool HasHashes { get; private set; }

    /// <summary>Whether a list could not be compared because it may have been merged by names.</summary>
    public bool HasMergedLists { get; private set; }

    /// <summary>Holds what an event says of an object against what was known of it.</summary>
    public void Add(ObjectStatement said, KnownValue known)
    {
        var (place, path) = said.PlaceIn(known);
        foreach (var (name, value) in said.Members)
        {
            Add(JsonPath.Append(path, name), place.Member(name), value, said.MergingOf(name));
        }

        if (said.Merging == Merging.Whole || said.Rewrites)
        {
            var kept = said.Rewrites ? ["metadata", "status"] : Array.Empty<string>();
            RemoveOthers(path, place, said.Members.Select(static member => member.Name).Concat(kept));
        }
    }

    /// <summary>Holds one value against what was known of it.</summary>
    public void Add(string path, KnownValue old, SeenValue now, Merging merging)
    {
        var isPatch = merging is Merging.Patch or Merging.KubernetesPatch;
        if (isPatch && now.Json.ValueKind == JsonValueKind.Null)
        {
            Remove(path, old);
        }
        else if (now.Json.ValueKind == JsonValueKind.Object && (old.State == Knowledge.Object || (old.State == Knowledge.Unknown && now.Json.GetPropertyCount() > 0)))
        {
            foreach (var member in now.Json.EnumerateObject())
            {
                Add(JsonPath.Append(path, member.Name), old.Member(member.Name), now.Member(member), merging);
            }

            if (merging == Merging.Whole)
            {
                RemoveOthers(path, old, now.Json.EnumerateObject().Select(static member => member.Name));
            }
        }
        else if (merging == Merging.KubernetesPatch && now.Json.ValueKind == JsonValueKind.Array && KnownValue.HoldsObjects(now.Json) && old.State != Knowledge.Absent)
        {
            HasMergedLists = true;
            _unknown.Add(path);
        }
        else
        {
            Compare(path, old, now, isPatch ? WithoutNulls(now.Json) : now.Json);
        }
    }

    private void Compare(string path, KnownValue old, SeenValue now, JsonElement value)
    {
        switch (old.State)
        {
            case Knowledge.Absent:
                Compared++;
                _differences.Add(new Difference("add", path, value, null, old.Seen));
                break;
            case Knowledge.Value when ValueComparer.Compare(old.Value, now) is var verdict and not Verdict.Unknown:
                Compared++;
                HasHashes |= verdict == Verdict.DifferentByHash;
                if (verdict != Verdict.Equal)
                {
                    _differences.Add(new Difference("replace", path, value, old.ToJson(), old.Seen));
                }

                break;
            case Knowledge.Object when old.IsComplete:
                Compared++;
                _differences.Add(new Difference("replace", path, value, old.ToJson(), old.Seen));
                break;
            default:
                HasRedacted |= old.State == Knowledge.Value;
                _unknown.Add(path);
                break;
        }
    }

    private void RemoveOthers(string path, KnownValue old, IEnumerable<string> told)
    {
        var names = told.ToHashSet(StringComparer.Ordinal);
        foreach (var (name, member) in old.Members.Where(member => !names.Contains(member.Name)))
        {
            Remove(JsonPath.Append(path, name), member);
        }
    }

    private void Remove(string path, KnownValue old)
    {
        if (old.State == Knowledge.Unknown)
        {
            _unknown.Add(path);
            return;
        }

        Compared++;
        if (old.IsThere)
        {
            _differences.Add(new Difference("remove", path, null, old.ToJson(), old.Seen));
        }
    }

    // What a patch adds has no nulls: they take away (RFC 7396).
    private static JsonElement WithoutNulls(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return value;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteWithoutNulls(value, writer);
        }

        return EventDocument.Parse(buffer.WrittenSpan);
    }

    private static void WriteWithoutNulls(JsonElement value, Utf8JsonWriter writer)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            value.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in value.EnumerateObject().Where(static member => member.Value.ValueKind != JsonValueKind.Null))
        {
            writer.WritePropertyName(member.Name);
            WriteWithoutNulls(member.Value, writer);
        }

        writer.WriteEndObject();
    }
}
