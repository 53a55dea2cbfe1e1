using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Trailgate.Alerts.Rules;
using Trailgate.Events;

namespace Trailgate.Alerts;

/// <summary>
/// One event that met a rule, or one failure of the pipeline itself. Its JSON line is what is stored and what channels
/// send; the members beside it are what delivery needs to know of it.
/// </summary>
internal sealed record Alert
{
    /// <summary>Version of the line's format, written as <c>schema</c>.</summary>
    public const int Schema = 1;

    /// <summary>Longest string in the line, in bytes of UTF-8; longer ones are cut and end in an ellipsis.</summary>
    public const int MaxStringBytes = 512;

    // The line is JSON for programs, never part of a page's markup: readable text beats escapes for every non-ASCII letter.
    internal static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What the pipeline tells about may come with every batch: such subjects are grouped by how they begin.
    private static readonly string[] Numerous = ["quarantined/", "dead/", "dead-messages/"];

    private Alert()
    {
    }

    /// <summary>The id; the same for every try to raise or to deliver it.</summary>
    public required AlertId Id { get; init; }

    /// <summary>The rule's name.</summary>
    public required string Rule { get; init; }

    /// <summary>How bad it is.</summary>
    public required string Severity { get; init; }

    /// <summary>The fields that the rule groups its alerts by, as far as the event has them, with their values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Group { get; private init; } = [];

    /// <summary>RFC 3339 in UTC: when it was raised; of an event, when its batch was made.</summary>
    public required string RaisedAt { get; init; }

    /// <summary>Where the event happened; null for alerts of the pipeline.</summary>
    public string? Region { get; private init; }

    /// <summary>RFC 3339 in UTC: when the event happened, or when the pipeline failed.</summary>
    public required string OccurredAt { get; init; }

    /// <summary>The alert as one JSON object without a newline.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>Whether the pipeline raised it about itself.</summary>
    public bool IsPipeline => Rule == AlertRule.Pipeline;

    /// <summary>The alert of a rule for a normalized line, which is redacted already.</summary>
    public static Alert OfEvent(AlertRule rule, in EventLine parsed, ReadOnlySpan<byte> line, DateTimeOffset raisedAt)
    {
        var id = AlertId.Of(rule, parsed.Id);
        var summary = new ArrayBufferWriter<byte>(1024);
        var severity = EventSummary.Write(line, summary);
        var group = GroupOf(rule, line);
        var json = Write(id, rule.Name, rule.Severity ?? severity, raisedAt, writer =>
        {
            WriteGroup(writer, group);
            writer.WritePropertyName("event"u8);
            writer.WriteRawValue(summary.WrittenSpan, skipInputValidation: true);
        });
        return new Alert
        {
            Id = id,
            Rule = rule.Name,
            Severity = rule.Severity ?? severity,
            RaisedAt = EventTime.From(raisedAt).ToString(),
            Region = parsed.Region.Name,
            OccurredAt = parsed.Time.ToString(),
            Group = group,
            Json = json,
        };
    }

    /// <summary>An alert of the pipeline about itself.</summary>
    public static Alert OfPipeline(string subject, string severity, string message, DateTimeOffset raisedAt)
    {
        var id = AlertId.OfPipeline(subject);
        IReadOnlyList<KeyValuePair<string, string>> group = Numerous.FirstOrDefault(start => subject.StartsWith(start, StringComparison.Ordinal)) is { } about
            ? [new("about", about.TrimEnd('/'))]
            : [];
        var json = Write(id, AlertRule.Pipeline, severity, raisedAt, writer =>
        {
            WriteGroup(writer, group);
            writer.WritePropertyName("subject"u8);
            BoundedText.Write(writer, subject, MaxStringBytes);
            writer.WritePropertyName("message"u8);
            BoundedText.Write(writer, message, MaxStringBytes);
        });
        return new Alert { Id = id, Rule = AlertRule.Pipeline, Severity = severity, RaisedAt = EventTime.From(raisedAt).ToString(), OccurredAt = EventTime.From(raisedAt).ToString(), Group = group, Json = json };
    }

    /// <summary>Reads a stored line (without its newline); null when it is no alert.</summary>
    public static Alert? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.GetProperty("schema"u8).GetInt32() != Schema
                || !AlertId.TryParse(root.GetProperty("id"u8).GetString(), out var id)
                || root.GetProperty("rule"u8).GetString() is not { Length: > 0 } rule
                || root.GetProperty("severity"u8).GetString() is not { } severity
                || root.GetProperty("raisedAt"u8).GetString() is not { } raisedAt)
            {
                return null;
            }

            var happened = root.TryGetProperty("event"u8, out var summary)
                && summary.TryGetProperty("eventTime"u8, out var time) ? time.GetString() : null;
            return new Alert
            {
                Id = id,
                Rule = rule,
                Severity = severity,
                RaisedAt = raisedAt,
                Region = root.TryGetProperty("event"u8, out var of) && of.TryGetProperty("region"u8, out var region) ? region.GetString() : null,
                OccurredAt = happened ?? raisedAt,
                Group = root.TryGetProperty("group"u8, out var group)
                    ? [.. group.EnumerateObject().Select(part => KeyValuePair.Create(part.Name, part.Value.GetString() ?? ""))]
                    : [],
                Json = line,
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The id's text, for logs.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rule} {Id}");

    private static void WriteGroup(Utf8JsonWriter writer, IReadOnlyList<KeyValuePair<string, string>> group)
    {
        if (group.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("group"u8);
        foreach (var (name, value) in group)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }

    private static List<KeyValuePair<string, string>> GroupOf(AlertRule rule, ReadOnlySpan<byte> line)
    {
        var parts = new List<KeyValuePair<string, string>>();
        foreach (var field in rule.Grouping.By)
        {
            if (EventFields.First(line, field) is { } value)
            {
                parts.Add(new(field.ToString(), value));
            }
        }

        return parts;
    }

    private static byte[] Write(AlertId id, string rule, string severity, DateTimeOffset raisedAt, Action<Utf8JsonWriter> rest)
    {
        var buffer = new ArrayBufferWriter<byte>(1536);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema"u8, Schema);
            writer.WriteString("id"u8, id.ToString());
            writer.WriteString("rule"u8, rule);
            writer.WriteString("severity"u8, severity);
            writer.WriteString("raisedAt"u8, EventTime.From(raisedAt).ToString());
            rest(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
