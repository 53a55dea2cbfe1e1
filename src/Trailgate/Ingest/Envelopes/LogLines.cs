using System.Text.Json;

namespace Trailgate.Ingest.Envelopes;

/// <summary>The body of LogDNA's ingest API: <c>{"lines":[{"line":"{...}"}]}</c>, the event as a text in each line.</summary>
internal sealed class LogLines : Envelope
{
    public override string Type => "log-lines";

    private static readonly LogLine Line = new();

    public override bool TryOpen(RawObject item, out OpenedEnvelope opened)
    {
        opened = default;
        if (item.HasEventCore || !item.IsArray("lines"u8) || !HoldsLines(item.JsonOf("lines"u8)))
        {
            return false;
        }

        opened = new OpenedEnvelope
        {
            Facts = new FactsWriter(Type).Skip(item, "lines"u8).Build(item),
            Content = item.JsonOf("lines"u8),
            Items = Line,
        };
        return true;
    }

    private static bool HoldsLines(ReadOnlySpan<byte> array)
    {
        var reader = new Utf8JsonReader(array, ItemNormalizer.SingleValue);
        reader.Read();
        reader.Read();
        return reader.TokenType == JsonTokenType.EndArray
            || (reader.TokenType == JsonTokenType.StartObject && JsonMembers.Find(array[(int)reader.TokenStartIndex..], "line"u8).IsPresent);
    }
}
