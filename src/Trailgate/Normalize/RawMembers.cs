using System.Text.Json;

namespace Trailgate.Normalize;

/// <summary>Where the members of one raw event stand in the body. Filled again for each event; not safe for several threads.</summary>
internal sealed class RawMembers(NameTraits traits)
{
    private readonly RawValue[] _known = new RawValue[Members.Count];
    private readonly List<UnknownMember> _unknown = [];
    private readonly HashSet<ulong> _unknownNames = [];
    private readonly ByteBuffer _names = new(512);

    /// <summary>Members that the design does not name, ordered by name, so that their order in the body makes no difference.</summary>
    public IReadOnlyList<UnknownMember> Unknown => _unknown;

    /// <summary>Where the event stands in the body.</summary>
    public int Start { get; private set; }

    /// <summary>The byte behind the event.</summary>
    public int End { get; private set; }

    /// <summary>The name that stands twice, or null.</summary>
    public string? DuplicateName { get; private set; }

    public RawValue this[Member member] => _known[(int)member];

    public ReadOnlySpan<byte> NameOf(UnknownMember member) => _names.Slice(member.NameStart, member.NameLength);

    /// <summary>The value of a member that the design does not name; none when there is no such member.</summary>
    public RawValue FindUnknown(ReadOnlySpan<byte> name)
    {
        foreach (var member in _unknown)
        {
            if (NameOf(member).SequenceEqual(name))
            {
                return member.Value;
            }
        }

        return default;
    }

    /// <summary>Reads an object from its first token to its last.</summary>
    /// <exception cref="JsonException">The body is no valid JSON.</exception>
    public void Read(ref Utf8JsonReader reader)
    {
        Array.Clear(_known);
        _unknown.Clear();
        _unknownNames.Clear();
        _names.Clear();
        DuplicateName = null;
        Start = (int)reader.TokenStartIndex;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameStart = _names.Length;
            if (reader.ValueIsEscaped)
            {
                JsonStrings.AppendUnescaped(reader.ValueSpan, _names);
            }
            else
            {
                _names.Append(reader.ValueSpan);
            }

            var name = _names.Slice(nameStart, _names.Length - nameStart);
            var known = Members.TryFind(name, out var member);
            reader.Read();
            var type = reader.TokenType;
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var value = new RawValue(type, start, (int)reader.BytesConsumed);
            if (known)
            {
                NoteDuplicate(_known[(int)member].Type != JsonTokenType.None, name);
                _known[(int)member] = value;
                _names.Truncate(nameStart);
            }
            else
            {
                NoteDuplicate(!_unknownNames.Add(traits.Hash(name)), name);
                _unknown.Add(new UnknownMember(value, nameStart, name.Length));
            }
        }

        End = (int)reader.BytesConsumed;
        if (_unknown.Count > 1)
        {
            _unknown.Sort((left, right) => NameOf(left).SequenceCompareTo(NameOf(right)));
        }
    }

    private void NoteDuplicate(bool isDuplicate, ReadOnlySpan<byte> name)
    {
        if (isDuplicate)
        {
            DuplicateName ??= System.Text.Encoding.UTF8.GetString(name);
        }
    }
}

/// <summary>A value in the body; the type is None when there is no such member.</summary>
internal readonly record struct RawValue(JsonTokenType Type, int Start, int End)
{
    /// <summary>Null says no more than leaving the member out.</summary>
    public bool IsPresent => Type is not (JsonTokenType.None or JsonTokenType.Null);

    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> body) => body[Start..End];
}

/// <summary>A member that the design does not name.</summary>
internal readonly record struct UnknownMember(RawValue Value, int NameStart, int NameLength);
