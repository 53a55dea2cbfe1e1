using System.Globalization;
using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Alerts.Channels;

/// <summary>
/// The words of a notification: what channels for people show. Here alone it is decided what is said; a channel only lays
/// it out and escapes it. Every text is one clean line of bounded length: see <see cref="PlainText"/>.
/// </summary>
internal sealed record NotificationText
{
    /// <summary>Longest <see cref="Title"/>, in UTF-16 units.</summary>
    public const int MaxTitleLength = 140;

    /// <summary>Longest <see cref="Sentence"/>, in UTF-16 units.</summary>
    public const int MaxSentenceLength = 600;

    /// <summary>Longest value of a fact, in UTF-16 units.</summary>
    public const int MaxFactLength = 300;

    private const int MaxWordLength = 100;
    private const int MaxTargetLength = 50;
    private const string Unknown = "unknown";
    private const string Initiator = "initiator.id";

    private NotificationText()
    {
    }

    /// <summary>What happened, in a glance.</summary>
    public required string Title { get; init; }

    /// <summary>The same with where, when, why and how often.</summary>
    public required string Sentence { get; init; }

    /// <summary>One thing each, with a label of ours and a value of the event's; at most 12.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; }

    /// <summary>Of a summary: some of the alerts, a sentence each.</summary>
    public required IReadOnlyList<string> Samples { get; init; }

    /// <summary>Leads to the page; null when no address of it is set.</summary>
    public required Uri? Link { get; init; }

    /// <summary>Makes the words.</summary>
    /// <param name="notification">What to tell.</param>
    /// <param name="page">Address of the page, or null.</param>
    public static NotificationText Of(Notification notification, Uri? page)
    {
        using var document = JsonDocument.Parse(notification.Json);
        var root = document.RootElement;
        return notification.Kind switch
        {
            NotificationKind.Summary => OfSummary(notification, root, page),
            NotificationKind.Resolution => OfResolution(notification, root, page),
            _ => OfAlert(notification, root, page),
        };
    }

    private static NotificationText OfAlert(Notification notification, JsonElement root, Uri? page)
    {
        if (!root.TryGetProperty("event"u8, out var happened) || happened.ValueKind != JsonValueKind.Object)
        {
            var message = Line(root, "message", MaxFactLength);
            return new NotificationText
            {
                Title = PlainText.Line($"Trailgate: {message}", MaxTitleLength),
                Sentence = PlainText.Line($"Trailgate: {message}", MaxSentenceLength),
                Facts = FactsOf(
                    ("Subject", Line(root, "subject", MaxFactLength)),
                    ("When", notification.OccurredAt),
                    ("Severity", notification.Severity),
                    ("Rule", notification.Rule),
                    ("Alert", notification.Id.ToString())),
                Samples = [],
                Link = LinkTo(page, "alert", notification.Id.ToString()),
            };
        }

        var words = Words.Of(happened);
        return new NotificationText
        {
            Title = PlainText.Line(words.Headline, MaxTitleLength),
            Sentence = PlainText.Line(words.Sentence(notification.OccurredAt), MaxSentenceLength),
            Facts = FactsOf(
                ("Who", words.WhoInFull),
                ("What", words.Action),
                ("On", words.Target),
                ("Where", words.Region),
                ("When", notification.OccurredAt),
                ("Result", words.Result),
                ("Why", words.Why),
                ("Message", Line(happened, "message", MaxFactLength)),
                ("Severity", notification.Severity),
                ("Rule", notification.Rule),
                ("Correlation", Line(happened, "correlationId", MaxWordLength)),
                ("Event", Line(happened, "id", MaxWordLength))),
            Samples = [],
            Link = LinkTo(page, "event", Line(happened, "id", MaxWordLength)),
        };
    }

    private static NotificationText OfSummary(Notification notification, JsonElement root, Uri? page)
    {
        var count = root.TryGetProperty("count"u8, out var number) && number.TryGetInt64(out var parsed) ? parsed : 0;
        var more = root.TryGetProperty("more"u8, out var isMore) && isMore.ValueKind == JsonValueKind.True ? "more " : "";
        var counted = string.Create(CultureInfo.InvariantCulture, $"{count:N0} {more}{(count == 1 ? "alert" : "alerts")}");
        var parts = Parts(root);
        var who = NameOf(root);
        var whose = string.Join(", ", parts.Select(part => part.Key == Initiator ? who ?? part.Value : part.Value));
        var (first, last) = (Line(root, "first", MaxWordLength), Line(root, "last", MaxWordLength));
        return new NotificationText
        {
            Title = PlainText.Line($"{counted} of rule {notification.Rule}{(whose.Length > 0 ? $": {whose}" : "")}", MaxTitleLength),
            Sentence = PlainText.Line($"{counted} of rule {notification.Rule} between {first} and {last}{(whose.Length > 0 ? $": {whose}" : "")}.", MaxSentenceLength),
            Facts = FactsOf([
                ("How often", count.ToString("N0", CultureInfo.InvariantCulture)),
                ("First", first),
                ("Last", last),
                ("Severity", notification.Severity),
                ("Rule", notification.Rule),
                .. parts.Take(6).Select(part => part.Key == Initiator ? ("Who", who is null ? part.Value : $"{who}, {part.Value}") : (Label(part.Key), part.Value)),
            ]),
            Samples = [.. SamplesOf(root)],
            Link = LinkTo(page, "thread", notification.Thread),
        };
    }

    private static NotificationText OfResolution(Notification notification, JsonElement root, Uri? page)
    {
        var message = Line(root, "message", MaxFactLength);
        return new NotificationText
        {
            Title = PlainText.Line($"Over: {message}", MaxTitleLength),
            Sentence = PlainText.Line($"Over: {message}", MaxSentenceLength),
            Facts = FactsOf([
                ("When", notification.OccurredAt),
                ("Rule", notification.Rule),
                .. Parts(root).Take(6).Select(part => (Label(part.Key), part.Value)),
            ]),
            Samples = [],
            Link = LinkTo(page, "thread", notification.Thread),
        };
    }

    private static IEnumerable<string> SamplesOf(JsonElement root)
    {
        if (!root.TryGetProperty("samples"u8, out var samples) || samples.ValueKind != JsonValueKind.Array)
        {
            yield break;
        }

        foreach (var sample in samples.EnumerateArray().Take(Notification.MaxSamples))
        {
            yield return sample.TryGetProperty("event"u8, out var happened) && happened.ValueKind == JsonValueKind.Object
                ? PlainText.Line(Words.Of(happened).Sentence(Line(happened, "eventTime", MaxWordLength)), MaxFactLength)
                : Line(sample, "message", MaxFactLength);
        }
    }

    /// <summary>The name of the initiator that a group is made by, as its first sample has it: people do not know his id.</summary>
    private static string? NameOf(JsonElement root) =>
        root.TryGetProperty("samples"u8, out var samples) && samples.ValueKind == JsonValueKind.Array && samples.GetArrayLength() > 0
        && samples[0].TryGetProperty("event"u8, out var happened) && happened.ValueKind == JsonValueKind.Object
        && happened.TryGetProperty("initiator"u8, out var initiator) && Line(initiator, "name", MaxWordLength) is { Length: > 0 } name
            ? name
            : null;

    private static List<KeyValuePair<string, string>> Parts(JsonElement root) =>
        root.TryGetProperty("group"u8, out var group) && group.ValueKind == JsonValueKind.Object
            ? [.. group.EnumerateObject().Take(Notification.MaxParts).Select(part => KeyValuePair.Create(part.Name, Line(group, part.Name, MaxWordLength))).Where(part => part.Value.Length > 0)]
            : [];

    private static List<KeyValuePair<string, string>> FactsOf(params IEnumerable<(string Label, string Value)> facts) =>
        [.. facts.Where(fact => fact.Value.Length > 0).Select(fact => KeyValuePair.Create(fact.Label, PlainText.Line(fact.Value, MaxFactLength)))];

    private static string Label(string name)
    {
        var line = PlainText.Line(name, 30);
        return line.Length == 0 ? line : $"{char.ToUpperInvariant(line[0])}{line[1..]}";
    }

    private static Uri? LinkTo(Uri? page, string what, string id) =>
        page is null || id.Length == 0 ? page : new UriBuilder(page) { Query = $"{what}={Uri.EscapeDataString(id)}" }.Uri;

    private static string Line(JsonElement element, string name, int maxLength) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => PlainText.Line(value.GetString(), maxLength),
                JsonValueKind.Number => PlainText.Line(value.GetRawText(), maxLength),
                _ => "",
            }
            : "";

    /// <summary>What one event says.</summary>
    private sealed record Words(string Action, string Who, string WhoInFull, string Target, string Region, string Outcome, string Result, string Why)
    {
        // What matters most comes first: titles are cut, and lock screens show half of one.
        public string Headline => string.Concat(
            Outcome == "failure" ? "Failed: " : "",
            Action,
            Target.Length > 0 ? $" on {PlainText.Line(Target, MaxTargetLength)}" : "",
            $" by {Who}",
            Region.Length > 0 ? $" in {Region}" : "");

        public static Words Of(JsonElement happened)
        {
            var (initiator, target, reason) = (Member(happened, "initiator"), Member(happened, "target"), Member(happened, "reason"));
            var (name, id, address) = (Line(initiator, "name", MaxWordLength), Line(initiator, "id", MaxWordLength), Line(initiator, "address", MaxWordLength));
            var who = name.Length > 0 ? name : id.Length > 0 ? id : Unknown;
            var outcome = Line(happened, "outcome", MaxWordLength);
            string[] result = [outcome, Line(reason, "reasonCode", MaxWordLength), Line(reason, "reasonType", MaxWordLength)];
            return new Words(
                Line(happened, "action", MaxWordLength) is { Length: > 0 } action ? action : Unknown,
                who,
                string.Join(", ", new[] { who, id == who ? "" : id, address.Length > 0 ? $"from {address}" : "" }.Where(part => part.Length > 0)),
                ObjectName.Of(Line(target, "name", MaxWordLength), Line(target, "id", MaxFactLength), Line(Member(happened, "requestData"), "name", MaxWordLength)),
                Line(happened, "region", MaxWordLength),
                outcome,
                string.Join(' ', result.Where(part => part.Length > 0)),
                Line(reason, "reasonForFailure", MaxFactLength));
        }

        public string Sentence(string when) => string.Concat(
            $"{Who}: {Action}",
            Target.Length > 0 ? $" on {Target}" : "",
            Region.Length > 0 ? $" in {Region}" : "",
            when.Length > 0 ? $" at {when}" : "",
            Result.Length > 0 ? $" ({Result}{(Why.Length > 0 ? $": {Why}" : "")})" : "");

        private static JsonElement Member(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value : default;
    }
}
