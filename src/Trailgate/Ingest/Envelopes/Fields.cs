using System.Text;
using System.Text.Json;
using Trailgate.Normalize;

namespace Trailgate.Ingest.Envelopes;

/// <summary>Some members of a JSON object, found in one walk.</summary>
internal readonly ref struct Fields
{
    private readonly string[] _names;
    private readonly RawValue[] _values;

    public Fields(ReadOnlySpan<byte> json, params string[] names)
    {
        Json = json is [(byte)'{', ..] ? json : [];
        _names = names;
        _values = new RawValue[names.Length];
        if (Json.IsEmpty)
        {
            return;
        }

        var members = new JsonMembers(Json);
        while (members.MoveNext())
        {
            var index = Array.IndexOf(names, Encoding.UTF8.GetString(members.Name));
            if (index >= 0)
            {
                HasDuplicate |= _values[index].Type != JsonTokenType.None;
                _values[index] = members.Value;
            }
        }
    }

    /// <summary>The object; empty when there is none.</summary>
    public ReadOnlySpan<byte> Json { get; }

    public bool IsEmpty => Json.Length <= 2;

    /// <summary>Whether one of the members stands twice.</summary>
    public bool HasDuplicate { get; }

    /// <summary>The value's bytes; empty when there is none.</summary>
    public ReadOnlySpan<byte> this[string name] => Find(name) is { IsPresent: true } value ? value.In(Json) : [];

    /// <summary>The value as a text; empty when it is none.</summary>
    public ReadOnlySpan<byte> Text(string name) => Find(name) is { Type: JsonTokenType.String } value ? JsonInText.Unescape(value.In(Json)) : [];

    private RawValue Find(string name) => _values[Array.IndexOf(_names, name)];
}
