using System.Text;
using System.Text.Json;
using Trailgate.Alerts;
using Trailgate.Alerts.Channels;
using Trailgate.Alerts.Rules;

namespace Trailgate.Tests.Alerts.Channels;

/// <summary>Notifications to tell, and what a receiver got of them.</summary>
internal static class Told
{
    public const string EventId = "00000000000000000000000000000001";

    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static readonly Uri Page = new("https://trailgate.example/");

    public static NotificationGroup Group(string who = "me@example.com", string project = "shop") =>
        new("group:0123", "delete", "critical", [new("initiator", who), new("project", project)]);

    public static Alert Alert(
        string who = "me@example.com", string action = "codeengine.application.delete", string target = "shop", string why = "no such application", string outcome = "failure",
        string? named = null)
    {
        // The normalized line is the product's own, so the escapes of the serializer are what stands there.
        string J(string text) => JsonSerializer.Serialize(text);
        var line = Encoding.UTF8.GetBytes(
            $$$"""{"id":"{{{EventId}}}","eventTime":"2026-11-22T11:59:00.000Z","action":{{{J(action)}}},"outcome":"{{{outcome}}}","severity":"critical","reason":{"reasonCode":404,"reasonType":"Not Found","reasonForFailure":{{{J(why)}}}},"initiator":{"id":"IBMid-1","name":{{{J(who)}}},"host":{"address":"192.0.2.7"}},"target":{"id":"crn:v1:x","name":{{{J(target)}}},"typeURI":"codeengine/application"},"correlationId":"c-1","message":{{{J(why)}}},"requestData":{{{JsonSerializer.Serialize(new { verb = "delete", name = named })}}},"trailgate":{"schema":1,"region":"us-south","kind":"delete","receivedAt":"2026-11-22T11:59:01.000Z"}}""");
        return Trailgate.Alerts.Alert.OfEvent(AlertRule.Delete, AlertWorld.Parsed(line), line, Noon);
    }

    public static Notification One(string? thread = null) => Notification.OfAlert(Alert(), thread);

    public static Notification Hostile(string text) => Notification.OfAlert(Alert(text, text, text, text, named: $"{text}."), thread: null);

    public static Notification Summary(string text = "me@example.com", int count = 48, bool isMore = true) => Notification.OfSummary(
        Group(text, text), "1", isMore, count, "2026-11-22T11:50:00.000Z", "2026-11-22T11:59:30.000Z", [.. Enumerable.Repeat(Alert(text, text, text, text, named: $"{text}."), 5)], Noon);

    public static Notification Resolution(string text = "Events come again.") => Notification.OfResolution(Group(text, text), One().Id, text, Noon);

    /// <summary>Sends each to a receiver over HTTP; what it got, in order.</summary>
    public static async Task<IReadOnlyList<WebhookReceiver.Received>> SendAsync(ChannelOptions options, TimeProvider time, params Notification[] notifications)
    {
        await using var receiver = await WebhookReceiver.StartAsync(202);
        options.Url = receiver.Url.OriginalString;
        options.Insecure = true;
        using var channel = AlertChannel.Create("ops", options, Page, time);
        foreach (var notification in notifications)
        {
            Assert.Equal(new SendResult.Delivered(202), await channel.Send(notification, CancellationToken.None));
        }

        return [.. receiver.Requests];
    }

    public static JsonElement Json(WebhookReceiver.Received request) => JsonDocument.Parse(request.Body).RootElement;

    /// <summary>Every string in a JSON value, with the name of its member.</summary>
    public static IEnumerable<(string Name, string Text)> Strings(JsonElement element, string name = "") => element.ValueKind switch
    {
        JsonValueKind.String => [(name, element.GetString()!)],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Strings(member.Value, member.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Strings(item, name)),
        _ => [],
    };
}
