using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Trailgate.Tests.Fuzz;

/// <summary>
/// A JSON value that can be changed, and be what a document can not: an object that names a member twice, a text with
/// half a surrogate pair, a number of any size.
/// </summary>
internal abstract class Node
{
    public static Node Parse(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
        return From(document.RootElement);
    }

    public static Node From(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new ObjectNode([.. value.EnumerateObject().Select(member => new MemberNode(member.Name, From(member.Value)))]),
        JsonValueKind.Array => new ArrayNode([.. value.EnumerateArray().Select(From)]),
        JsonValueKind.String => new TextNode(value.GetString()!), // not null: it is a string
        _ => new TokenNode(value.GetRawText()),
    };

    public abstract Node Clone();

    /// <summary>Writes the value.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="style">Chooses white space and escapes; null for the least of both.</param>
    public abstract void Write(StringBuilder output, Random? style);

    public string ToJson(Random? style = null)
    {
        var output = new StringBuilder();
        Write(output, style);
        return output.ToString();
    }

    /// <summary>How deep objects and arrays nest: 0 for any other value.</summary>
    public int Depth => this switch
    {
        ObjectNode node => 1 + node.Members.Select(member => member.Value.Depth).DefaultIfEmpty().Max(),
        ArrayNode node => 1 + node.Items.Select(item => item.Depth).DefaultIfEmpty().Max(),
        _ => 0,
    };

    /// <summary>Whether an object in it names a member twice. Halves of surrogate pairs can not be told apart.</summary>
    public bool HasDuplicates => this switch
    {
        ObjectNode node => node.Members.Select(member => Whole(member.Name)).Distinct(StringComparer.Ordinal).Count() < node.Members.Count || node.Members.Any(member => member.Value.HasDuplicates),
        ArrayNode node => node.Items.Any(item => item.HasDuplicates),
        _ => false,
    };

    protected static void WriteSpace(StringBuilder output, Random? style)
    {
        while (style is not null && style.Next(6) == 0)
        {
            output.Append(" \t\r\n"[style.Next(4)]);
        }
    }

    protected static void WriteText(StringBuilder output, string text, Random? style)
    {
        output.Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var isHalf = char.IsSurrogate(c) && !(char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]));
            if (char.IsHighSurrogate(c) && !isHalf)
            {
                if (style?.Next(2) == 0)
                {
                    output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}\\u{(int)text[i + 1]:X4}");
                }
                else
                {
                    output.Append(c).Append(text[i + 1]);
                }

                i++;
            }
            else if (c is '"' or '\\' && style?.Next(2) != 0)
            {
                output.Append('\\').Append(c);
            }
            else if (c < ' ' || isHalf || c is '"' or '\\' || style?.Next(40) == 0)
            {
                output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                output.Append(c == '/' && style?.Next(4) == 0 ? "\\/" : c);
            }
        }

        output.Append('"');
    }

    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}

internal sealed record MemberNode(string Name, Node Value);

internal sealed class ObjectNode(List<MemberNode> members) : Node
{
    public List<MemberNode> Members { get; } = members;

    public Node? this[string name] => Members.Find(member => member.Name == name)?.Value;

    public override Node Clone() => new ObjectNode([.. Members.Select(member => member with { Value = member.Value.Clone() })]);

    public override void Write(StringBuilder output, Random? style)
    {
        output.Append('{');
        for (var i = 0; i < Members.Count; i++)
        {
            output.Append(i == 0 ? "" : ",");
            WriteSpace(output, style);
            WriteText(output, Members[i].Name, style);
            WriteSpace(output, style);
            output.Append(':');
            WriteSpace(output, style);
            Members[i].Value.Write(output, style);
            WriteSpace(output, style);
        }

        output.Append('}');
    }
}

internal sealed class ArrayNode(List<Node> items) : Node
{
    public List<Node> Items { get; } = items;

    public override Node Clone() => new ArrayNode([.. Items.Select(item => item.Clone())]);

    public override void Write(StringBuilder output, Random? style)
    {
        output.Append('[');
        for (var i = 0; i < Items.Count; i++)
        {
            output.Append(i == 0 ? "" : ",");
            WriteSpace(output, style);
            Items[i].Write(output, style);
            WriteSpace(output, style);
        }

        output.Append(']');
    }
}

internal sealed class TextNode(string value) : Node
{
    public string Value { get; } = value;

    public override Node Clone() => this;

    public override void Write(StringBuilder output, Random? style) => WriteText(output, Value, style);
}

/// <summary>A number, a truth value or null, as it is written.</summary>
internal sealed class TokenNode(string token) : Node
{
    public string Token { get; } = token;

    public bool IsNull => Token == "null";

    public override Node Clone() => this;

    public override void Write(StringBuilder output, Random? style) => output.Append(Token);
}
