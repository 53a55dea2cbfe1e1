using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Trailgate.Alerts.Rules;

/// <summary>A JSON value that knows where it stands, so that what is wrong with it can be said with line and column.</summary>
internal sealed class JsonPlace
{
    private JsonPlace(string path, int line, int column, JsonTokenType type)
    {
        Path = path;
        Line = line;
        Column = column;
        Type = type;
    }

    /// <summary>Such as <c>rules[2].when.cidr</c>; empty for the whole.</summary>
    public string Path { get; }

    public int Line { get; }

    public int Column { get; }

    /// <summary>The first token: the start of an object or a list, or the value's own.</summary>
    public JsonTokenType Type { get; }

    /// <summary>A string's text, or a number or a word as it is written.</summary>
    public string Text { get; private init; } = "";

    public IReadOnlyList<JsonPlace> Items { get; private init; } = [];

    public IReadOnlyList<KeyValuePair<string, JsonPlace>> Members { get; private init; } = [];

    public JsonPlace? this[string name] => Members.FirstOrDefault(member => member.Key == name).Value;

    /// <summary>Reads a document; null with a sentence about the place where it ends to be JSON.</summary>
    public static JsonPlace? Read(ReadOnlyMemory<byte> json, int maxDepth, out string? fault)
    {
        fault = null;
        var start = json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json;
        try
        {
            var reader = new Utf8JsonReader(start.Span, new JsonReaderOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                MaxDepth = maxDepth,
            });
            reader.Read();
            var root = new Builder(start.Span).Read(ref reader, "");
            reader.Read(); // throws where something follows
            return root;
        }
        catch (JsonException e)
        {
            // The reader's own sentence ends in a place that counts from 0.
            var reason = e.Message.Split(" LineNumber:", 2)[0];
            fault = string.Create(CultureInfo.InvariantCulture, $"line {(e.LineNumber ?? 0) + 1}, column {(e.BytePositionInLine ?? 0) + 1}: this is no JSON. {reason}");
        }
        catch (InvalidOperationException)
        {
            fault = "a text holds an escape or bytes that are no characters.";
        }

        return null;
    }

    /// <summary>A sentence about this value, with its place.</summary>
    public string Fault(string sentence) =>
        string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}{(Path.Length == 0 ? "" : $", {Path}")}: {sentence}");

    private readonly ref struct Builder(ReadOnlySpan<byte> json)
    {
        private readonly ReadOnlySpan<byte> _json = json;

        public JsonPlace Read(ref Utf8JsonReader reader, string path)
        {
            var at = (int)reader.TokenStartIndex;
            var before = _json[..at];
            var line = before.Count((byte)'\n') + 1;
            var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
            var type = reader.TokenType;
            return type switch
            {
                JsonTokenType.StartObject => new JsonPlace(path, line, column, type) { Members = ReadMembers(ref reader, path) },
                JsonTokenType.StartArray => new JsonPlace(path, line, column, type) { Items = ReadItems(ref reader, path) },
                JsonTokenType.String => new JsonPlace(path, line, column, type) { Text = reader.GetString()! },
                _ => new JsonPlace(path, line, column, type) { Text = Encoding.UTF8.GetString(reader.ValueSpan) },
            };
        }

        private List<KeyValuePair<string, JsonPlace>> ReadMembers(ref Utf8JsonReader reader, string path)
        {
            var members = new List<KeyValuePair<string, JsonPlace>>();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                members.Add(new(name, Read(ref reader, path.Length == 0 ? name : $"{path}.{name}")));
            }

            return members;
        }

        private List<JsonPlace> ReadItems(ref Utf8JsonReader reader, string path)
        {
            var items = new List<JsonPlace>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                items.Add(Read(ref reader, string.Create(CultureInfo.InvariantCulture, $"{path}[{items.Count}]")));
            }

            return items;
        }
    }
}
