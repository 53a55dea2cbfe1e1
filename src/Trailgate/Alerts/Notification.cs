using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Trailgate.Alerts.Rules;
using Trailgate.Events;

namespace Trailgate.Alerts;

/// <summary>
/// What a channel is told: one alert, a summary of a group of alerts, or the end of what an earlier one told of. Its JSON
/// line is what is stored and what the webhook sends; the other channels make words of it.
/// </summary>
internal sealed record Notification
{
    /// <summary>Longest <see cref="Thread"/>, in characters.</summary>
    public const int MaxThreadLength = 64;

    /// <summary>Most samples of a summary.</summary>
    public const int MaxSamples = 5;

    /// <summary>Most parts of a group's key.</summary>
    public const int MaxParts = 8;

    // Receivers of webhooks are told to expect less than 20 kB.
    private const int MaxSampleBytes = 14_000;
    private const int MaxMessageBytes = 1_024;

    private static readonly SearchValues<char> ThreadCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:/");

    private Notification()
    {
    }

    /// <summary>
    /// The id: the same for every try to make it or to send it. With the channel's name it is the idempotency key that
    /// receivers see. An alert's notification has the alert's id.
    /// </summary>
    public required AlertId Id { get; init; }

    /// <summary>What it says.</summary>
    public required NotificationKind Kind { get; init; }

    /// <summary>The rule's name.</summary>
    public required string Rule { get; init; }

    /// <summary>The event's severity, or the highest of a group.</summary>
    public required string Severity { get; init; }

    /// <summary>
    /// Names what it is about, the same for the first alert of a group, its summaries and its resolution: what incident
    /// systems merge and resolve by. Letters, digits and <c>-_:/</c>.
    /// </summary>
    public required string Thread { get; init; }

    /// <summary>RFC 3339 in UTC: when it happened; of a summary, the last time.</summary>
    public required string OccurredAt { get; init; }

    /// <summary>The notification as one JSON object without a newline.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>Whether the pipeline raised it about itself.</summary>
    public bool IsPipeline => Rule == AlertRule.Pipeline;

    /// <summary>Tells of one alert.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="thread">What it belongs to; null when it stands for itself.</param>
    public static Notification OfAlert(Alert alert, string? thread)
    {
        ReadOnlyMemory<byte> json = alert.Json;
        if (thread is not null)
        {
            CheckThread(thread);
            // The line ends in the brace that closes it. The characters of a thread need no escapes.
            json = (byte[])[.. alert.Json.Span[..^1], .. System.Text.Encoding.ASCII.GetBytes($",\"thread\":\"{thread}\"}}")];
        }

        return Read(json) ?? throw new ArgumentException("The alert has no line.", nameof(alert));
    }

    /// <summary>Tells how many alerts of a group there were in a time: <c>more</c> after one that was told, or as many as a threshold asks for.</summary>
    /// <param name="group">The group.</param>
    /// <param name="occasion">Tells this summary from the others of its group, such as the number of the window.</param>
    /// <param name="isMore">Whether they follow an alert that was told by itself.</param>
    /// <param name="count">How many alerts it stands for.</param>
    /// <param name="first">When the first of them happened: RFC 3339 in UTC.</param>
    /// <param name="last">When the last of them happened.</param>
    /// <param name="samples">Some of them; as many are taken as there is room for.</param>
    /// <param name="raisedAt">When the summary is made. No part of its id.</param>
    public static Notification OfSummary(
        NotificationGroup group, string occasion, bool isMore, long count, string first, string last, IReadOnlyList<Alert> samples, DateTimeOffset raisedAt)
    {
        var id = AlertId.OfNotification(NotificationKind.Summary, $"{group.Thread}\n{occasion}");
        return Make(group, NotificationKind.Summary, id, raisedAt, writer =>
        {
            writer.WriteNumber("count"u8, count);
            writer.WriteBoolean("more"u8, isMore);
            writer.WriteString("first"u8, first);
            writer.WriteString("last"u8, last);
            writer.WriteStartArray("samples"u8);
            var room = MaxSampleBytes;
            foreach (var sample in samples.Take(MaxSamples).Where(sample => (room -= sample.Json.Length) >= 0))
            {
                writer.WriteRawValue(sample.Json.Span, skipInputValidation: true);
            }

            writer.WriteEndArray();
        });
    }

    /// <summary>Tells that something is over.</summary>
    /// <param name="group">What it is about, as the notification that it ends had it.</param>
    /// <param name="resolves">The id of that notification.</param>
    /// <param name="message">What ended, for people. No secrets.</param>
    /// <param name="resolvedAt">When. No part of its id.</param>
    public static Notification OfResolution(NotificationGroup group, AlertId resolves, string message, DateTimeOffset resolvedAt)
    {
        var id = AlertId.OfNotification(NotificationKind.Resolution, $"{group.Thread}\n{resolves}");
        return Make(group, NotificationKind.Resolution, id, resolvedAt, writer =>
        {
            writer.WriteString("resolves"u8, resolves.ToString());
            writer.WritePropertyName("message"u8);
            BoundedText.Write(writer, message, MaxMessageBytes);
        });
    }

    /// <summary>Reads a stored line (without its newline), an alert's too; null when it is no notification.</summary>
    public static Notification? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.GetProperty("schema"u8).GetInt32() != Alert.Schema
                || !AlertId.TryParse(root.GetProperty("id"u8).GetString(), out var id)
                || root.GetProperty("rule"u8).GetString() is not { Length: > 0 } rule
                || root.GetProperty("severity"u8).GetString() is not { } severity
                || root.GetProperty("raisedAt"u8).GetString() is not { } raisedAt
                || KindOf(root) is not { } kind)
            {
                return null;
            }

            var thread = Text(root, "thread"u8) ?? id.ToString();
            if (!IsThread(thread))
            {
                return null;
            }

            var happened = root.TryGetProperty("event"u8, out var summary) && summary.ValueKind == JsonValueKind.Object
                ? Text(summary, "eventTime"u8)
                : Text(root, "last"u8);
            return new Notification
            {
                Id = id,
                Kind = kind,
                Rule = rule,
                Severity = severity,
                Thread = thread,
                OccurredAt = happened ?? raisedAt,
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

    /// <summary>Whether a text may be a <see cref="Thread"/>.</summary>
    public static bool IsThread(string text) => text.Length is > 0 and <= MaxThreadLength && !text.AsSpan().ContainsAnyExcept(ThreadCharacters);

    private static Notification Make(
        NotificationGroup group, NotificationKind kind, AlertId id, DateTimeOffset raisedAt, Action<Utf8JsonWriter> rest)
    {
        CheckThread(group.Thread);
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer, Alert.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema"u8, Alert.Schema);
            writer.WriteString("id"u8, id.ToString());
            writer.WriteString("kind"u8, NameOf(kind));
            writer.WriteString("rule"u8, group.Rule);
            writer.WriteString("severity"u8, group.Severity);
            writer.WriteString("raisedAt"u8, EventTime.From(raisedAt).ToString());
            writer.WriteString("thread"u8, group.Thread);
            writer.WriteStartObject("group"u8);
            foreach (var (name, value) in group.Parts.Take(MaxParts))
            {
                writer.WritePropertyName(name);
                BoundedText.Write(writer, value, Alert.MaxStringBytes);
            }

            writer.WriteEndObject();
            rest(writer);
            writer.WriteEndObject();
        }

        return Read(buffer.WrittenSpan.ToArray()) ?? throw new ArgumentException("The group makes no notification.", nameof(group));
    }

    private static void CheckThread(string thread)
    {
        if (!IsThread(thread))
        {
            throw new ArgumentException($"A thread has 1 to {MaxThreadLength} letters, digits and -_:/.", nameof(thread));
        }
    }

    private static string NameOf(NotificationKind kind) => kind == NotificationKind.Summary ? "summary" : "resolution";

    // An alert's own line says nothing of a kind.
    private static NotificationKind? KindOf(JsonElement root) => Text(root, "kind"u8) switch
    {
        null => NotificationKind.Alert,
        "summary" => NotificationKind.Summary,
        "resolution" => NotificationKind.Resolution,
        _ => null,
    };

    private static string? Text(JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
