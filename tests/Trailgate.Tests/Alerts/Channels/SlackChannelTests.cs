using System.Text.Json;
using FsCheck;
using Trailgate.Alerts;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Alerts.Channels;

/// <summary>Limits and escapes as Slack publishes them for incoming webhooks and Block Kit.</summary>
public sealed class SlackChannelTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task An_alert_says_in_one_glance_who_did_what_to_what_where_when_and_why_it_failed()
    {
        var json = Told.Json(Assert.Single(await SendAsync(Told.One())));

        Assert.Equal(
            "me@example.com: codeengine.application.delete on shop in us-south at 2026-11-22T11:59:00.000Z (failure 404 Not Found: no such application)",
            json.GetProperty("text").GetString());
        var blocks = json.GetProperty("blocks").EnumerateArray().ToList();
        Assert.Equal("Failed: codeengine.application.delete on shop by me@example.com in us-south", blocks[0].GetProperty("text").GetProperty("text").GetString());
        string[] fields = [.. blocks.Skip(1).SelectMany(block => block.TryGetProperty("fields", out var some) ? some.EnumerateArray() : []).Select(field => field.GetProperty("text").GetString()!)];
        Assert.Contains("Who\nme@example.com, IBMid-1, from 192.0.2.7", fields);
        Assert.Contains("On\nshop", fields);
        Assert.Contains("Where\nus-south", fields);
        Assert.Contains("Why\nno such application", fields);
        var button = blocks[^1].GetProperty("elements")[0];
        Assert.Equal($"https://trailgate.example/?event={Told.EventId}", button.GetProperty("url").GetString());
    }

    [Theory]
    [InlineData("frontend", "shop", "frontend of shop")]
    [InlineData("shop", "shop", "shop")]
    [InlineData("frontend", "", "frontend of crn:v1:x")]
    public async Task An_alert_names_the_object_that_the_request_names_and_not_only_the_project(string named, string project, string expected)
    {
        var json = Told.Json(Assert.Single(await SendAsync(Notification.OfAlert(Told.Alert(target: project, named: named), thread: null))));

        Assert.StartsWith($"me@example.com: codeengine.application.delete on {expected} in us-south", json.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal($"Failed: codeengine.application.delete on {expected} by me@example.com in us-south", json.GetProperty("blocks")[0].GetProperty("text").GetProperty("text").GetString());
        Assert.Contains(Told.Strings(json), one => one.Text == $"On\n{expected}");
    }

    [Fact]
    public async Task A_summary_says_how_often_and_shows_some()
    {
        var json = Told.Json(Assert.Single(await SendAsync(Told.Summary())));

        Assert.StartsWith("48 more alerts of rule delete between 2026-11-22T11:50:00.000Z and 2026-11-22T11:59:30.000Z: me@example.com", json.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(5, json.GetProperty("blocks").EnumerateArray().Count(block => block.TryGetProperty("text", out var text) && text.GetProperty("text").GetString()!.StartsWith("me@example.com: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_summary_names_who_did_it_and_not_only_by_an_id()
    {
        var group = Told.Group() with { Parts = [new("initiator.id", "IBMid-1"), new("project", "shop")] };
        var summary = Notification.OfSummary(group, "1", isMore: true, 48, "2026-11-22T11:50:00.000Z", "2026-11-22T11:59:30.000Z", [Told.Alert()], Told.Noon);

        var json = Told.Json(Assert.Single(await SendAsync(summary)));

        Assert.Equal("48 more alerts of rule delete: me@example.com, shop", json.GetProperty("blocks")[0].GetProperty("text").GetProperty("text").GetString());
        Assert.Contains(Told.Strings(json), one => one.Text == "Who\nme@example.com, IBMid-1");
    }

    [Fact]
    public async Task Alerts_that_a_threshold_asked_for_are_not_more_than_anything_told_before()
    {
        var json = Told.Json(Assert.Single(await SendAsync(Told.Summary(count: 20, isMore: false))));

        Assert.StartsWith("20 alerts of rule delete between ", json.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_an_event_says_it_stays_within_the_limits_and_mentions_links_and_forges_nothing()
    {
        List<Notification> notifications = [Told.Hostile(HostileText.All), Told.Summary(HostileText.All), Told.Resolution(HostileText.All)];
        foreach (var text in Gen.Sample(50, 60, HostileText.Arbitrary.Generator))
        {
            notifications.AddRange([Told.Hostile(text), Told.Summary(text), Told.Resolution(text)]);
        }

        foreach (var request in await SendAsync([.. notifications]))
        {
            AssertHarmless(Told.Json(request));
        }
    }

    private static void AssertHarmless(JsonElement json)
    {
        Assert.Equal(["blocks", "text", "unfurl_links", "unfurl_media"], json.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        AssertEscaped(json.GetProperty("text").GetString()!, 3_000, lines: 1);
        var blocks = json.GetProperty("blocks").EnumerateArray().ToList();
        Assert.InRange(blocks.Count, 1, 50);
        foreach (var block in blocks)
        {
            var type = block.GetProperty("type").GetString();
            Assert.Contains(type, new[] { "header", "section", "actions" });
            if (block.TryGetProperty("text", out var text))
            {
                AssertPlain(text, type == "header" ? 150 : 3_000, lines: 1);
            }

            if (block.TryGetProperty("fields", out var fields))
            {
                Assert.InRange(fields.GetArrayLength(), 1, 10);
                Assert.All(fields.EnumerateArray(), field => AssertPlain(field, 2_000, lines: 2));
            }
        }

        // The undocumented limit over all blocks.
        Assert.InRange(blocks.SelectMany(block => Told.Strings(block)).Where(one => one.Name == "text").Sum(one => one.Text.Length), 1, 12_000);
        Assert.All(Told.Strings(json).Where(one => one.Name == "url"), one => Assert.StartsWith("https://trailgate.example/?", one.Text, StringComparison.Ordinal));
    }

    private static void AssertPlain(JsonElement text, int maxLength, int lines)
    {
        Assert.Equal("plain_text", text.GetProperty("type").GetString());
        Assert.False(text.GetProperty("emoji").GetBoolean());
        AssertEscaped(text.GetProperty("text").GetString()!, maxLength, lines);
    }

    private static void AssertEscaped(string text, int maxLength, int lines)
    {
        Assert.InRange(text.Length, 1, maxLength);
        Assert.DoesNotContain('<', text);
        Assert.DoesNotContain('>', text);
        // Every ampersand begins one of the three escapes.
        Assert.DoesNotMatch("&(?!amp;|lt;|gt;)", text);
        Assert.DoesNotMatch("(?i)(^|[^0-9a-z])@(channel|here|everyone)", text);
        var parts = text.Split('\n');
        Assert.InRange(parts.Length, 1, lines);
        Assert.All(parts, part => Assert.True(HostileText.IsOneCleanLine(part)));
    }

    private Task<IReadOnlyList<WebhookReceiver.Received>> SendAsync(params Notification[] notifications) =>
        Told.SendAsync(new ChannelOptions { Type = "slack" }, _time, notifications);
}
