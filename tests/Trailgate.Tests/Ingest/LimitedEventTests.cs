using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Trailgate.Normalize;

namespace Trailgate.Tests.Ingest;

/// <summary>An event that is too large is cut, and nothing of it is lost but its secrets: a look at it puts it together again.</summary>
public sealed class LimitedEventTests(SharedIngestServer shared) : IClassFixture<SharedIngestServer>
{
    private const string Sentence = "Information about the action is not included for performance and size reasons.";

    // Each of four bytes, so that a cut in the middle of one would show.
    private static readonly string Agent = string.Concat(Enumerable.Repeat("😀", 10 * 1024));
    private static readonly string Large = string.Concat(Enumerable.Repeat("Größe ", 4_000));

    [Fact]
    public async Task A_user_agent_of_40_KB_is_cut_between_characters_listed_and_whole_in_the_answer()
    {
        var sent = Event("agent", $$$""" "initiator":{"id":"IBMid-1","name":"ann","host":{"address":"10.0.0.1","agent":"{{{Agent}}}"}} """);

        var (answer, cut, whole) = await SendAndLookAsync(sent);

        using var raw = JsonDocument.Parse(answer);
        Assert.InRange(Encoding.UTF8.GetByteCount(raw.RootElement.GetProperty("event").GetRawText()), EventLimiter.MaxEventBytes / 2, EventLimiter.MaxEventBytes);
        var agent = (string?)cut["initiator"]!["host"]!["agent"];
        Assert.InRange(agent!.Length, 2 * 1024, Agent.Length - 1);
        Assert.StartsWith(agent, Agent, StringComparison.Ordinal);
        Assert.False(char.IsHighSurrogate(agent[^1]));
        Assert.Equal(("ann", "10.0.0.1"), ((string?)cut["initiator"]!["name"], (string?)cut["initiator"]!["host"]!["address"]));
        Assert.Equal("initiator", (string?)Assert.Single(cut["trailgate"]!["limited"]!.AsArray())!["field"]);
        Assert.Equal(Agent, (string?)whole["initiator"]!["host"]!["agent"]);
        Assert.Contains("\"overflow\":{\"id\":\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_gave_way_is_in_the_answer_but_the_secrets()
    {
        var body = "{\"text\":\"" + Large + "\",\"password\":\"pl4nted-1\",\"list\":[{\"name\":\"TOKEN\",\"value\":\"pl4nted-2\"}]}";
        var sent = Event("bodies", $$"""
            "requestData":{{body}},"responseData":{{JsonSerializer.Serialize(body)}},"message":"{{Large}} password=pl4nted-3","more":{{body}},
            "reason":{"reasonCode":500,"reasonForFailure":"{{Large}}"},"target":{"id":"t","name":"n","note":"{{Large}}"}
            """);

        var (answer, cut, whole) = await SendAndLookAsync(sent);

        Assert.Equal((Sentence, Sentence), ((string?)cut["requestData"], (string?)cut["responseData"]));
        Assert.Equal(
            ["responseData", "requestData", "extensions", "message", "reason", "target"],
            cut["trailgate"]!["limited"]!.AsArray().Select(field => (string?)field!["field"]));
        var kept = body.Replace("pl4nted-1", "[redacted]", StringComparison.Ordinal).Replace("pl4nted-2", "[redacted]", StringComparison.Ordinal);
        Assert.Equal([kept, kept, kept], new[] { whole["requestData"], whole["responseData"], whole["extensions"]!["more"] }.Select(node => node!.ToJsonString(Relaxed)));
        Assert.Equal($"{Large} password=[redacted]", (string?)whole["message"]);
        Assert.Equal((Large, Large), ((string?)whole["reason"]!["reasonForFailure"], (string?)whole["target"]!["note"]));
        Assert.DoesNotContain("pl4nted", answer, StringComparison.Ordinal);
    }

    // The whole has what is the same for all copies of an event: not when this one was received.
    [Fact]
    public async Task Copies_of_a_limited_event_share_what_was_kept_aside()
    {
        var sent = Event("copies", "\"message\":\"" + Large + "\"");
        var first = await SendAndLookAsync(sent);
        var blobs = await shared.Server.CountBlobsAsync();

        var second = await SendAndLookAsync(sent);

        Assert.Equal(blobs + 1, await shared.Server.CountBlobsAsync()); // the second batch
        Assert.Equal(first.Whole.ToJsonString(), second.Whole.ToJsonString());
        Assert.Null(first.Whole["trailgate"]!["receivedAt"]);
    }

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Event(string id, string members) =>
        $$$"""{"action":"codeengine.application.read","outcome":"success","eventTime":"2026-11-22T05:54:00Z","correlationId":"{{{id}}}",{{{members}}}}""";

    private async Task<(string Answer, JsonNode Cut, JsonNode Whole)> SendAndLookAsync(string json)
    {
        var accepted = await shared.Server.PostAsync(json);
        Assert.Equal(202, accepted.Status);
        var answer = await shared.Server.Client.GetStringAsync(new Uri($"/api/events/{accepted.Results.Single().GetProperty("id").GetString()}", UriKind.Relative));
        var both = JsonNode.Parse(answer)!; // an object
        return (answer, both["event"]!, both["overflow"]!);
    }
}
