using System.Text;
using System.Text.Json.Nodes;
using Trailgate.Events;
using Trailgate.Normalize;

namespace Trailgate.Tests.Normalize;

/// <summary>Normalizes single events in tests.</summary>
internal static class Normalizing
{
    public static EventTime ReceivedAt { get; } = EventTime.From(new DateTimeOffset(2026, 11, 22, 6, 0, 0, TimeSpan.Zero));

    public static Outcome NormalizeEvent(string json, RedactionSettings? redaction = null, string? source = null, int maxDepth = 64) =>
        NormalizeEvent(Encoding.UTF8.GetBytes(json), redaction, source, maxDepth);

    public static Outcome NormalizeEvent(byte[] json, RedactionSettings? redaction = null, string? source = null, int maxDepth = 64)
    {
        redaction ??= new RedactionSettings();
        var normalizer = new EventNormalizer(new NameTraits(redaction.MoreNamesList), redaction, new RegionTable([]), maxDepth);
        return Run(normalizer, json, source);
    }

    public static Outcome Run(EventNormalizer normalizer, byte[] json, string? source = null)
    {
        var scanner = new JsonScanner(json);
        scanner.MoveToValue();
        var result = normalizer.Normalize(ref scanner, new Reception(source, ReceivedAt));
        return new Outcome(result.Line.ToArray(), result.Reason, result.Event, result.Overflow.ToArray(), result.OverflowPath);
    }

    public sealed record Outcome(byte[] Line, string? Reason, EventLine Event, byte[] Overflow, string? OverflowPath)
    {
        public string Text => Encoding.UTF8.GetString(Line);

        public JsonNode Json => JsonNode.Parse(Line)!; // a line is never "null"

        public JsonNode? this[string pointer] => Find(Json, pointer);

        private static JsonNode? Find(JsonNode? node, string pointer)
        {
            foreach (var segment in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                node = node is JsonArray array ? array[int.Parse(segment, System.Globalization.CultureInfo.InvariantCulture)] : node?[segment];
            }

            return node;
        }
    }
}
