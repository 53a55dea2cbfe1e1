using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Alerts;
using Trailgate.Alerts.Rules;
using Trailgate.Events;
using Trailgate.Ingest;
using Trailgate.Ingest.Envelopes;
using Trailgate.Normalize;
using Trailgate.Storage;
using Trailgate.Tests.Storage;

namespace Trailgate.Tests.Ingest.Envelopes;

/// <summary>Takes bodies as the endpoint does, without a server and a store.</summary>
internal static class Opening
{
    /// <summary>An ordinary event, and its id when it comes bare.</summary>
    public const string Event =
        """{"id":"own-1","eventTime":"2026-11-22T05:54:00.120Z","action":"codeengine.application.delete","outcome":"success","initiator":{"id":"IBMid-1"},"target":{"id":"crn:v1:bluemix:public:codeengine:us-south:a/1:p::"}}""";

    public static EventId BareId { get; } = Open(Event).Single().Id;

    public static List<Item> Open(string body, string contentType = "application/json", IHeaderDictionary? headers = null, IngestOptions? options = null)
    {
        var (items, problem) = TryOpen(Encoding.UTF8.GetBytes(body), contentType, headers, options);
        Assert.Null(problem);
        return items;
    }

    public static (List<Item> Items, Problem? Problem) TryOpen(
        byte[] body, string contentType = "application/json", IHeaderDictionary? headers = null, IngestOptions? options = null)
    {
        Assert.True(BodyFormats.TryParse(contentType, out var format), contentType);
        var store = OneStore.Over(new MemoryBlobStore());
        var alerts = new AlertDispatcher(new Stores(store), new MemoryMessageQueue(TimeProvider.System), RuleSet.Default, TimeProvider.System, NullLogger<AlertDispatcher>.Instance);
        var normalizer = new BodyNormalizer(options ?? new IngestOptions(), new RedactionSettings(), new RegionTable([]), alerts);
        var reception = new Reception(null, EventTime.From(new DateTimeOffset(2026, 11, 22, 6, 0, 0, TimeSpan.Zero)));
        using var intake = new Intake(OneStore.Residency(store), store, body.Length);
        if (normalizer.Normalize(body, format, headers is null ? null : CloudEventHeaders.Read(headers), reception, intake) is { } problem)
        {
            return ([], problem);
        }

        if (intake.Submissions is not [var submission])
        {
            return ([], null);
        }

        var unnamed = new UnnamedEvents(alerts);
        unnamed.TakeFrom(submission);
        unnamed.NameAll();
        var text = string.Concat(submission.Lines.Pieces.Select(piece => Encoding.UTF8.GetString(piece.Span)));
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var matching = submission.Matching.Select(line => Encoding.UTF8.GetString(line.Span)).ToHashSet();
        Assert.Equal(intake.Results.Count, lines.Length);
        return ([.. intake.Results.Select((result, i) => new Item(lines[i], result.Id, result.Reason, matching.Contains(lines[i])))], null);
    }

    /// <summary>The one event in a body.</summary>
    public static Item OpenEvent(string body, string contentType = "application/json", IHeaderDictionary? headers = null)
    {
        var item = Assert.Single(Open(body, contentType, headers));
        Assert.True(item.Reason is null, item.Reason);
        return item;
    }

    /// <summary>The one quarantined item in a body.</summary>
    public static Item OpenQuarantined(string body, string contentType = "application/json", IHeaderDictionary? headers = null)
    {
        var item = Assert.Single(Open(body, contentType, headers));
        Assert.NotNull(item.Reason);
        return item;
    }

    /// <summary>A text as a JSON string.</summary>
    public static string Quote(string text) => JsonValue.Create(text).ToJsonString();

    /// <summary>One line of a batch, as JSON.</summary>
    public sealed record Item(string Line, EventId Id, string? Reason, bool Alerts)
    {
        public JsonNode Json => JsonNode.Parse(Line)!; // a line is never "null"

        /// <summary>What the envelopes told, of an event or a quarantined item.</summary>
        public JsonNode? Envelope => Reason is null ? Json["trailgate"]!["envelope"] : Json["quarantined"]!["envelope"];

        /// <summary>What a quarantined item keeps.</summary>
        public JsonNode? Content => Json["quarantined"]!["content"];

        public string? this[string pointer]
        {
            get
            {
                var node = Json;
                foreach (var segment in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries))
                {
                    node = node is JsonArray array ? array[int.Parse(segment, System.Globalization.CultureInfo.InvariantCulture)] : node?[segment];
                }

                return node?.ToString();
            }
        }
    }
}
