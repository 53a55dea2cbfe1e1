using System.Buffers;
using System.Text.Json;

namespace Trailgate.Query.Changes;

/// <summary>
/// What is known of a value from the events so far: nothing, that it is not there, the value, or an object of which each
/// member is known for itself, with the event that showed it last.
/// </summary>
internal sealed class KnownValue
{
    private readonly Dictionary<string, KnownValue> _members = new(StringComparer.Ordinal);

    // The event that showed all members of an object; those that came later may show some of them.
    private Observation? _whole;

    /// <summary>How much is known.</summary>
    public Knowledge State { get; private set; }

    /// <summary>Where it was seen last; null when nothing is known, or nothing can have been there.</summary>
    public Observation? Seen { get; private set; }

    /// <summary>The value, when that is known and is no object.</summary>
    public SeenValue Value { get; private set; }

    // Of an object: whether it has no other members than those that are known.
    private bool IsWhole => _whole is not null;

    /// <summary>The members of an object that are known to be there.</summary>
    public IEnumerable<(string Name, KnownValue Value)> Members =>
        _members.Where(static member => member.Value.IsThere).Select(static member => (member.Key, member.Value));

    /// <summary>Whether a value is known.</summary>
    public bool IsThere => State is Knowledge.Value or Knowledge.Object;

    /// <summary>Whether all of it is known.</summary>
    public bool IsComplete => State == Knowledge.Value || (State == Knowledge.Object && IsWhole && _members.Values.All(static member => member.IsComplete || member.State == Knowledge.Absent));

    /// <summary>What is known of a member.</summary>
    public KnownValue Member(string name)
    {
        if (State == Knowledge.Object && _members.TryGetValue(name, out var member))
        {
            return member;
        }

        var other = new KnownValue();
        if (State is Knowledge.Absent or Knowledge.Value || IsWhole)
        {
            other.Become(Knowledge.Absent, _whole ?? Seen);
        }

        return other;
    }

    /// <summary>Nothing is there before something is created.</summary>
    public static KnownValue None()
    {
        var none = new KnownValue();
        none.Become(Knowledge.Absent, null);
        return none;
    }

    /// <summary>It is not there.</summary>
    public void Remove(Observation seen) => Become(Knowledge.Absent, seen);

    /// <summary>It, or some of it, was seen or written.</summary>
    public void Merge(SeenValue value, Merging merging)
    {
        switch (value.Json.ValueKind)
        {
            case JsonValueKind.Object:
                // In the place of something that is no object a patch begins with an empty one (RFC 7396).
                if (merging == Merging.Whole || (merging != Merging.Shown && State is Knowledge.Absent or Knowledge.Value))
                {
                    Become(Knowledge.Object, value.Seen);
                    _whole = value.Seen;
                }

                MergeMembers(value.Json.EnumerateObject().Select(member => (member.Name, value.Member(member))), value.Seen, merging);
                break;
            case JsonValueKind.Array when merging == Merging.KubernetesPatch && HoldsObjects(value.Json):
                Forget();
                break;
            default:
                Become(Knowledge.Value, value.Seen);
                Value = value;
                break;
        }
    }

    /// <summary>Members of an object were seen, or written.</summary>
    public void MergeMembers(IEnumerable<(string Name, SeenValue Value)> members, Observation seen, Merging merging)
    {
        if (State != Knowledge.Object)
        {
            Become(Knowledge.Object, seen);
        }

        Seen = seen;
        foreach (var (name, value) in members)
        {
            if (!_members.TryGetValue(name, out var member))
            {
                _members[name] = member = Member(name);
            }

            if (value.Json.ValueKind == JsonValueKind.Null && merging is Merging.Patch or Merging.KubernetesPatch)
            {
                member.Remove(seen);
            }
            else
            {
                member.Merge(value, merging);
            }
        }
    }

    /// <summary>An event was about it, and told all of it or not.</summary>
    public void Confirm(Observation seen, bool isWhole)
    {
        Seen = seen;
        _whole = isWhole ? seen : _whole;
    }

    /// <summary>Something at a place in it was changed, and how is not known.</summary>
    public void ForgetAt(ReadOnlySpan<string> names)
    {
        if (names is [var name, .. var rest] && State == Knowledge.Object)
        {
            if (!_members.TryGetValue(name, out var member))
            {
                _members[name] = member = Member(name);
            }

            member.ForgetAt(rest);
        }
        else
        {
            Forget();
        }
    }

    /// <summary>What is known of it, as JSON.</summary>
    public JsonElement ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer);
        }

        return EventDocument.Parse(buffer.WrittenSpan);
    }

    // An object without the members that are not known.
    private void Write(Utf8JsonWriter writer)
    {
        if (State == Knowledge.Value)
        {
            Value.Json.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var (name, member) in Members)
        {
            writer.WritePropertyName(name);
            member.Write(writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>A list in a patch to Kubernetes may be merged by names instead of written; the event does not tell.</summary>
    public static bool HoldsObjects(JsonElement list) => list.EnumerateArray().Any(static item => item.ValueKind == JsonValueKind.Object);

    private void Forget() => Become(Knowledge.Unknown, null);

    private void Become(Knowledge state, Observation? seen)
    {
        _members.Clear();
        Value = default;
        _whole = null;
        State = state;
        Seen = seen;
    }
}
