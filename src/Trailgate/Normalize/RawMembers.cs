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

    /// <summary>Reads the object that begins at the scanner's place, and leaves the scanner behind it.</summary>
    /// <exception cref="JsonException">The body is no valid JSON.</exception>
    public void Read(ref JsonScanner scanner)
    {
        Array.Clear(_known);
        _unknown.Clear();
        _unknownNames.Clear();
        _names.Clear();
        DuplicateName = null;
        Start = scanner.Position;
        if (scanner.Enter())
        {
            do
            {
                ReadMember(ref scanner);
            }
            while (scanner.MoveToNext((byte)'}'));
        }

        End = scanner.Position;
        if (_unknown.Count > 1)
        {
            _unknown.Sort((left, right) => NameOf(left).SequenceCompareTo(NameOf(right)));
        }
    }

    private void ReadMember(ref JsonScanner scanner)
    {
        var name = scanner.ReadName(out var isEscaped);
        var nameStart = _names.Length;
        if (isEscaped)
        {
            JsonStrings.AppendUnescaped(name, _names);
            name = _names.Slice(nameStart, _names.Length - nameStart);
        }

        var type = scanner.Type;
        var start = scanner.Position;
        scanner.Skip(out var isPlain);
        var value = new RawValue(type, start, scanner.Position) { IsPlain = isPlain };
        if (Members.TryFind(name, out var member))
        {
            NoteDuplicate(_known[(int)member].Type != JsonTokenType.None, name);
            _known[(int)member] = value;
            _names.Truncate(nameStart);
            return;
        }

        NoteDuplicate(!_unknownNames.Add(traits.Hash(name)), name);
        if (!isEscaped)
        {
            _names.Append(name);
        }

        _unknown.Add(new UnknownMember(value, nameStart, name.Length));
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
    /// <summary>A text without escapes, and without a sign that could assign a value. False says nothing.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Null says no more than leaving the member out.</summary>
    public bool IsPresent => Type is not (JsonTokenType.None or JsonTokenType.Null);

    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> body) => body[Start..End];
}

/// <summary>A member that the design does not name.</summary>
internal readonly record struct UnknownMember(RawValue Value, int NameStart, int NameLength);
