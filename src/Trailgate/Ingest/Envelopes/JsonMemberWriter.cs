using System.Text;
using Trailgate.Normalize;

namespace Trailgate.Ingest.Envelopes;

/// <summary>Writes objects out of values that are JSON already. What is empty is left out.</summary>
internal readonly struct JsonMemberWriter
{
    private readonly ByteBuffer _output;

    public JsonMemberWriter(ByteBuffer output)
    {
        _output = output;
        output.Append((byte)'{');
    }

    /// <summary>Begins a member that is an object.</summary>
    public void Begin(string name)
    {
        AppendName(name);
        _output.Append((byte)'{');
    }

    public void End() => _output.Append((byte)'}');

    /// <summary>A member with a text of ours or an unescaped one.</summary>
    public void Text(string name, ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty)
        {
            AppendName(name);
            _output.Append((byte)'"');
            JsonStrings.AppendEscaped(text, _output);
            _output.Append((byte)'"');
        }
    }

    /// <summary>A member with a value as it came.</summary>
    public void Value(string name, ReadOnlySpan<byte> json)
    {
        if (!json.IsEmpty)
        {
            AppendName(name);
            _output.Append(json);
        }
    }

    /// <summary>All members of an object but those named, as they came.</summary>
    public void Rest(ReadOnlySpan<byte> json, params ReadOnlySpan<string> except)
    {
        if (json.IsEmpty)
        {
            return;
        }

        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.Value.IsPresent && except.IndexOf(Encoding.UTF8.GetString(members.Name)) < 0)
            {
                Separate();
                _output.Append(members.QuotedName);
                _output.Append((byte)':');
                _output.Append(members.Json);
            }
        }
    }

    private void AppendName(string name)
    {
        Separate();
        _output.Append((byte)'"');
        _output.Append(Encoding.ASCII.GetBytes(name));
        _output.Append("\":"u8);
    }

    private void Separate()
    {
        if (_output.Written[^1] != '{')
        {
            _output.Append((byte)',');
        }
    }
}
