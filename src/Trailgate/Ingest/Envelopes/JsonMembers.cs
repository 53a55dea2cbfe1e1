using System.Text.Json;
using Trailgate.Normalize;

namespace Trailgate.Ingest.Envelopes;

/// <summary>Walks over the members of one JSON object, in their order. The object has been checked to be valid before.</summary>
internal ref struct JsonMembers
{
    private readonly ReadOnlySpan<byte> _json;
    private Utf8JsonReader _reader;
    private int _nameStart;
    private int _nameEnd;

    public JsonMembers(ReadOnlySpan<byte> json)
    {
        _json = json;
        _reader = new Utf8JsonReader(json, ItemNormalizer.SingleValue);
        _reader.Read();
    }

    /// <summary>Where the value stands in the object.</summary>
    public RawValue Value { get; private set; }

    /// <summary>The name as it stands in the object, with its quotes.</summary>
    public readonly ReadOnlySpan<byte> QuotedName => _json[_nameStart.._nameEnd];

    /// <summary>The value's bytes.</summary>
    public readonly ReadOnlySpan<byte> Json => Value.In(_json);

    /// <summary>The name, unescaped.</summary>
    public readonly ReadOnlySpan<byte> Name => JsonInText.Unescape(QuotedName);

    public bool MoveNext()
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        _nameStart = (int)_reader.TokenStartIndex;
        _nameEnd = _nameStart + _reader.ValueSpan.Length + 2;
        _reader.Read();
        var type = _reader.TokenType;
        var start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        Value = new RawValue(type, start, (int)_reader.BytesConsumed);
        return true;
    }

    /// <summary>The value of the first member with this name; none when the JSON is no object or has no such member.</summary>
    public static RawValue Find(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        if (json is not [(byte)'{', ..])
        {
            return default;
        }

        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual(name))
            {
                return members.Value;
            }
        }

        return default;
    }
}
