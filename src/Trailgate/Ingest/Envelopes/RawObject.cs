using System.Text.Json;
using Trailgate.Normalize;

namespace Trailgate.Ingest.Envelopes;

/// <summary>A JSON object whose members have been found, as the detection of envelopes looks at it.</summary>
internal readonly ref struct RawObject(RawMembers members, ReadOnlySpan<byte> body)
{
    private readonly ReadOnlySpan<byte> _body = body;

    public ReadOnlySpan<byte> Json => _body[members.Start..members.End];

    public RawMembers Members => members;

    public RawValue this[ReadOnlySpan<byte> name] => Normalize.Members.TryFind(name, out var member) ? members[member] : members.FindUnknown(name);

    /// <summary>Whether it says who did what to what, or how it ended: it is an event itself then, not something around one.</summary>
    public bool HasEventCore =>
        members[Member.Action].IsPresent || members[Member.Initiator].IsPresent || members[Member.Target].IsPresent || members[Member.Outcome].IsPresent;

    /// <summary>A value's bytes; empty when there is none.</summary>
    public ReadOnlySpan<byte> JsonOf(RawValue value) => value.In(_body);

    /// <summary>The bytes of a member's value; empty when there is none.</summary>
    public ReadOnlySpan<byte> JsonOf(ReadOnlySpan<byte> name) => JsonOf(this[name]);

    public bool IsText(ReadOnlySpan<byte> name) => this[name] is { Type: JsonTokenType.String } value && value.End - value.Start > 2;

    public bool IsObject(ReadOnlySpan<byte> name) => this[name].Type == JsonTokenType.StartObject;

    public bool IsArray(ReadOnlySpan<byte> name) => this[name].Type == JsonTokenType.StartArray;

    /// <summary>An object, or a text that begins like one: something that an event can be in.</summary>
    public bool MayHoldEvent(ReadOnlySpan<byte> name) =>
        this[name] is var value && (value.Type == JsonTokenType.StartObject || (value.Type == JsonTokenType.String && JsonInText.BeginsLikeObject(JsonOf(value))));

    /// <summary>Whether a text member has exactly this content, unescaped.</summary>
    public bool IsText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content) =>
        this[name] is { Type: JsonTokenType.String } value && JsonOf(value)[1..^1].SequenceEqual(content);
}
