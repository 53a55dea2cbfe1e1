using System.Text;
using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Alerts.Rules;

/// <summary>Reads values out of a normalized line, for people and for the keys of groups: where a rule is matched, <see cref="FieldTrie"/> does it.</summary>
internal static class EventFields
{
    /// <summary>Longest value, in characters; longer ones are cut.</summary>
    public const int MaxLength = 256;

    private static readonly FieldPath[] ProjectPlaces = [PathOf("target.id"), PathOf("logSourceCRN")];

    /// <summary>The first value of a field: a text, a number, true or false; null when it has none.</summary>
    public static string? First(ReadOnlySpan<byte> line, FieldPath path)
    {
        if (path.ToString() != FieldPath.Project)
        {
            return All(line, path, most: 1) is [var only] ? only : null;
        }

        foreach (var place in ProjectPlaces)
        {
            if (First(line, place) is { } crn && Crn.TryGetServiceInstance(Encoding.UTF8.GetBytes(crn), out var instance) && instance.Length > 0)
            {
                return Encoding.UTF8.GetString(instance);
            }
        }

        return null;
    }

    /// <summary>The values of a field, lists looked through.</summary>
    public static IReadOnlyList<string> All(ReadOnlySpan<byte> line, FieldPath path, int most)
    {
        var values = new List<string>();
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 128 });
            reader.Read();
            Read(ref reader, path, 0, values, most);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Damaged, or half of a surrogate pair: what was read so far is what there is.
        }

        return values;
    }

    // The reader stands on a value; afterwards on its last token, or anywhere when there are enough values.
    private static void Read(ref Utf8JsonReader reader, FieldPath path, int depth, List<string> values, int most)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                while (values.Count < most && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    Read(ref reader, path, depth, values, most);
                }

                break;

            case JsonTokenType.StartObject when depth == path.Segments.Count:
                Add(values, "{...}", most);
                reader.Skip();
                break;

            case JsonTokenType.StartObject:
                while (values.Count < most && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var wanted = reader.TextIs(path.Segments[depth]);
                    reader.Read();
                    if (wanted)
                    {
                        Read(ref reader, path, depth + 1, values, most);
                    }
                    else
                    {
                        reader.Skip();
                    }
                }

                break;

            case JsonTokenType.Null:
                break;

            default:
                if (depth == path.Segments.Count)
                {
                    Add(values, reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan), most);
                }

                break;
        }
    }

    private static void Add(List<string> values, string text, int most)
    {
        if (values.Count < most)
        {
            values.Add(text.Length <= MaxLength ? text : $"{text[..(char.IsHighSurrogate(text[MaxLength - 2]) ? MaxLength - 2 : MaxLength - 1)]}…");
        }
    }

    private static FieldPath PathOf(string text) => FieldPath.TryParse(text, out var path, out var fault) ? path : throw new ArgumentException(fault, nameof(text));
}
