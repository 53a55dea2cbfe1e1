using FsCheck;
using Trailgate.Alerts;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Alerts.Channels;

/// <summary>Events API v2 of PagerDuty.</summary>
public sealed class PagerDutyChannelTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task An_alert_its_summary_and_its_resolution_are_one_incident()
    {
        var sent = await SendAsync(Told.One("group:0123"), Told.Summary(), Told.Resolution());

        Assert.Equal(["trigger", "trigger", "resolve"], sent.Select(request => Told.Json(request).GetProperty("event_action").GetString()));
        Assert.All(sent, request => Assert.Equal("trailgate/group:0123", Told.Json(request).GetProperty("dedup_key").GetString()));
        Assert.All(sent, request => Assert.Equal(Key, Told.Json(request).GetProperty("routing_key").GetString()));
        Assert.False(Told.Json(sent[2]).TryGetProperty("payload", out _));
    }

    [Fact]
    public async Task An_alert_carries_what_the_incident_is_about()
    {
        var json = Told.Json(Assert.Single(await SendAsync(Told.One())));

        var payload = json.GetProperty("payload");
        Assert.Equal(
            "me@example.com: codeengine.application.delete on shop in us-south at 2026-11-22T11:59:00.000Z (failure 404 Not Found: no such application)",
            payload.GetProperty("summary").GetString());
        Assert.Equal(("critical", "2026-11-22T11:59:00.000Z"), (payload.GetProperty("severity").GetString(), payload.GetProperty("timestamp").GetString()));
        Assert.Equal("us-south", payload.GetProperty("custom_details").GetProperty("Where").GetString());
        Assert.Equal($"https://trailgate.example/?event={Told.EventId}", json.GetProperty("links")[0].GetProperty("href").GetString());
    }

    [Fact]
    public async Task Whatever_an_event_says_the_request_keeps_the_published_limits()
    {
        List<Notification> notifications = [Told.Hostile(HostileText.All), Told.Summary(HostileText.All)];
        foreach (var text in Gen.Sample(50, 60, HostileText.Arbitrary.Generator))
        {
            notifications.AddRange([Told.Hostile(text), Told.Summary(text)]);
        }

        foreach (var request in await SendAsync([.. notifications]))
        {
            var json = Told.Json(request);
            Assert.InRange(request.Body.Length, 1, 512 * 1024);
            Assert.InRange(json.GetProperty("dedup_key").GetString()!.Length, 1, 255);
            var payload = json.GetProperty("payload");
            Assert.InRange(payload.GetProperty("summary").GetString()!.Length, 1, 1024);
            Assert.Contains(payload.GetProperty("severity").GetString(), new[] { "critical", "error", "warning", "info" });
            Assert.NotEmpty(payload.GetProperty("source").GetString()!);
            Assert.All(Told.Strings(json), one => Assert.True(HostileText.IsOneCleanLine(one.Text), one.Text));
            Assert.All(Told.Strings(json).Where(one => one.Name is "href" or "client_url"), one => Assert.StartsWith("https://trailgate.example/", one.Text, StringComparison.Ordinal));
        }
    }

    private Task<IReadOnlyList<WebhookReceiver.Received>> SendAsync(params Notification[] notifications) =>
        Told.SendAsync(new ChannelOptions { Type = "pagerduty", RoutingKey = Key }, _time, notifications);
}
