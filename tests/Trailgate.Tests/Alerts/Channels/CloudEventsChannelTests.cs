using System.Text;
using System.Text.Json;
using Trailgate.Alerts;
using Trailgate.Alerts.Channels;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Alerts.Channels;

/// <summary>CloudEvents 1.0, its HTTP binding and its JSON format.</summary>
public sealed class CloudEventsChannelTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_structured_event_has_the_required_attributes_and_the_notification_as_data()
    {
        var notification = Told.One();

        var request = Assert.Single(await Told.SendAsync(
            new ChannelOptions { Type = "cloudevents", AuthHeader = "aeg-sas-key", AuthValue = "k3y" }, _time, notification));

        Assert.Equal("application/cloudevents+json; charset=utf-8", request.Headers["content-type"]);
        Assert.Equal("k3y", request.Headers["aeg-sas-key"]);
        var json = Told.Json(request);
        Assert.Equal(
            ("1.0", $"{notification.Id}_ops", "/trailgate", "trailgate.alert", "2026-11-22T11:59:00.000Z"),
            (json.GetProperty("specversion").GetString(), json.GetProperty("id").GetString(), json.GetProperty("source").GetString(), json.GetProperty("type").GetString(), json.GetProperty("time").GetString()));
        Assert.Equal(Encoding.UTF8.GetString(notification.Json.Span), json.GetProperty("data").GetRawText());
        Assert.All(json.EnumerateObject(), member => Assert.Matches("^[a-z0-9]{1,20}$", member.Name));
    }

    [Fact]
    public async Task A_binary_event_has_its_attributes_in_headers_and_its_data_as_the_body()
    {
        var notification = Told.Summary();

        var request = Assert.Single(await Told.SendAsync(
            new ChannelOptions { Type = "cloudevents", Mode = "binary", Source = "https://trailgate.example/eu", AuthValue = "Bearer t0ken" }, _time, notification));

        Assert.Equal("application/json", request.Headers["content-type"]);
        Assert.Equal("Bearer t0ken", request.Headers["authorization"]);
        Assert.Equal(
            ("1.0", "https://trailgate.example/eu", "trailgate.summary", "delete"),
            (request.Headers["ce-specversion"], request.Headers["ce-source"], request.Headers["ce-type"], request.Headers["ce-subject"]));
        Assert.DoesNotContain("ce-datacontenttype", request.Headers.Keys);
        Assert.Equal(notification.Json.ToArray(), request.Body);
    }

    [Fact]
    public async Task A_hostile_event_stays_in_the_data_and_within_64_KB()
    {
        foreach (var mode in new[] { "structured", "binary" })
        {
            var requests = await Told.SendAsync(
                new ChannelOptions { Type = "cloudevents", Mode = mode }, _time, Told.Hostile(HostileText.All), Told.Summary(HostileText.All));

            Assert.All(requests, request =>
            {
                Assert.InRange(request.Body.Length, 1, 64 * 1024);
                Assert.All(request.Headers.Values, value => Assert.DoesNotContain("evil", value, StringComparison.Ordinal));
                Assert.Equal(JsonValueKind.Object, Told.Json(request).ValueKind);
            });
        }
    }

    // The published example of the HTTP binding, and the characters that it says must be encoded.
    [Theory]
    [InlineData("Euro € \U0001F600", "Euro%20%E2%82%AC%20%F0%9F%98%80")]
    [InlineData("a\"b%c\r\n", "a%22b%25c%0D%0A")]
    [InlineData("plain-text_1.2~", "plain-text_1.2~")]
    public void Header_values_are_percent_encoded(string text, string expected) => Assert.Equal(expected, CloudEvent.HeaderValue(text));
}
