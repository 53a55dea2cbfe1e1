using System.Text;
using System.Text.Json;
using Trailgate.Normalize;

namespace Trailgate.Ingest.Envelopes;

/// <summary>
/// Gathers the facts of one envelope: those with a name of ours first, then, as <c>other</c>, all other members. Of
/// bounded size, because an event has to stay within its own limit with them: long texts are cut, and other long values
/// are left out and counted.
/// </summary>
internal sealed class FactsWriter
{
    private const int MaxValueBytes = 256;
    private const int MaxBytes = 1024;
    private const int MaxRegionBytes = 64;

    private readonly string _type;
    private readonly ByteBuffer _named = new(512);
    private readonly ByteBuffer _other = new(256);
    private readonly List<int> _used = [];
    private int _omitted;

    public FactsWriter(string type)
    {
        _type = type;
        _named.Append("{\"type\":\""u8);
        _named.Append(Encoding.ASCII.GetBytes(type));
        _named.Append((byte)'"');
    }

    /// <summary>Facts that are no more than the envelope's type.</summary>
    public static EnvelopeFacts TypeOnly(string type) => new FactsWriter(type).Build();

    /// <summary>Keeps a member under a name of ours.</summary>
    public FactsWriter Add(string name, RawObject item, ReadOnlySpan<byte> member)
    {
        var value = item[member];
        if (value.IsPresent)
        {
            _used.Add(value.Start);
            Append(_named, Encoding.ASCII.GetBytes(name), item.JsonOf(value));
        }

        return this;
    }

    /// <summary>Keeps an unescaped text under a name of ours; nothing when it is empty.</summary>
    public FactsWriter Add(string name, ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty)
        {
            Append(_named, Encoding.ASCII.GetBytes(name), Quote(text));
        }

        return this;
    }

    /// <summary>Keeps an unescaped text among the others.</summary>
    public void AddOther(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text) => Append(_other, name, Quote(text));

    /// <summary>Keeps a value as it came among the others.</summary>
    public void AddOtherValue(ReadOnlySpan<byte> name, ReadOnlySpan<byte> json) => Append(_other, name, json);

    /// <summary>Leaves a member out, because the event has it.</summary>
    public FactsWriter Skip(RawObject item, ReadOnlySpan<byte> member)
    {
        _used.Add(item[member].Start);
        return this;
    }

    /// <summary>Keeps all members that were neither added nor skipped, and ends the facts.</summary>
    public EnvelopeFacts Build(RawObject item)
    {
        for (var member = Member.Id; member < Member.Extensions; member++)
        {
            AppendOther(Members.Name(member), item, item.Members[member]);
        }

        foreach (var unknown in item.Members.Unknown)
        {
            AppendOther(item.Members.NameOf(unknown), item, unknown.Value);
        }

        var region = item["region"u8];
        return Build() with { Region = region.Type == JsonTokenType.String ? RegionOf(JsonInText.Unescape(item.JsonOf(region))) : null };
    }

    /// <summary>Ends the facts.</summary>
    public EnvelopeFacts Build()
    {
        if (_other.Length > 0)
        {
            _named.Append(",\"other\":{"u8);
            _named.Append(_other.Written[1..]);
            _named.Append((byte)'}');
        }

        if (_omitted > 0)
        {
            _named.Append(",\"omitted\":"u8);
            _named.AppendNumber(_omitted);
        }

        _named.Append((byte)'}');
        return new EnvelopeFacts(_type, _named.Written.ToArray());
    }

    /// <summary>A region's name as facts hold it; null when the text is too long for one.</summary>
    public static byte[]? RegionOf(ReadOnlySpan<byte> text) => text.Length <= MaxRegionBytes ? Quote(text)[1..^1].ToArray() : null;

    private void AppendOther(ReadOnlySpan<byte> name, RawObject item, RawValue value)
    {
        if (value.IsPresent && !_used.Contains(value.Start))
        {
            Append(_other, name, item.JsonOf(value));
        }
    }

    private void Append(ByteBuffer output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxValueBytes && json[0] != '"')
        {
            _omitted++;
            return;
        }

        var start = output.Length;
        output.Append(",\""u8);
        JsonStrings.AppendEscaped(name, output);
        output.Append("\":"u8);
        AppendValue(output, json);
        if (_named.Length + _other.Length > MaxBytes)
        {
            output.Truncate(start);
            _omitted++;
        }
    }

    private static void AppendValue(ByteBuffer output, ReadOnlySpan<byte> json)
    {
        if (json.Length <= MaxValueBytes)
        {
            output.Append(json);
            return;
        }

        var text = new ByteBuffer(json.Length);
        JsonStrings.AppendCanonical(json[1..^1], text);
        output.Append((byte)'"');
        output.Append(text.Written[..JsonStrings.CutAt(text.Written, MaxValueBytes)]);
        output.Append((byte)'"');
    }

    private static ReadOnlySpan<byte> Quote(ReadOnlySpan<byte> text)
    {
        var json = new ByteBuffer(text.Length + 2);
        json.Append((byte)'"');
        JsonStrings.AppendEscaped(text, json);
        json.Append((byte)'"');
        return json.Written;
    }
}
