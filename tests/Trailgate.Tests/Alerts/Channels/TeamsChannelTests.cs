using System.Text.Json;
using FsCheck;
using Trailgate.Alerts;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Alerts.Channels;

/// <summary>The message of a Workflows webhook with one Adaptive Card.</summary>
public sealed class TeamsChannelTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task An_alert_is_a_card_with_title_facts_and_link()
    {
        var json = Told.Json(Assert.Single(await SendAsync(Told.One())));

        var card = json.GetProperty("attachments")[0].GetProperty("content");
        string[] lines = [.. card.GetProperty("body").EnumerateArray().Select(block => string.Concat(block.GetProperty("inlines").EnumerateArray().Select(run => run.GetProperty("text").GetString())))];
        Assert.Equal("Failed: codeengine.application.delete on shop by me@example.com in us-south", lines[0]);
        Assert.Contains("Who: me@example.com, IBMid-1, from 192.0.2.7", lines);
        Assert.Contains("When: 2026-11-22T11:59:00.000Z", lines);
        Assert.Contains("Result: failure 404 Not Found", lines);
        var action = card.GetProperty("actions")[0];
        Assert.Equal(("Action.OpenUrl", $"https://trailgate.example/?event={Told.EventId}"), (action.GetProperty("type").GetString(), action.GetProperty("url").GetString()));
    }

    [Fact]
    public async Task Whatever_an_event_says_the_message_is_below_28_KB_and_holds_no_markup()
    {
        List<Notification> notifications = [Told.Hostile(HostileText.All), Told.Summary(HostileText.All), Told.Summary(string.Concat(Enumerable.Repeat("\U0001F4A3", 400)))];
        foreach (var text in Gen.Sample(50, 60, HostileText.Arbitrary.Generator))
        {
            notifications.AddRange([Told.Hostile(text), Told.Summary(text), Told.Resolution(text)]);
        }

        foreach (var request in await SendAsync([.. notifications]))
        {
            Assert.InRange(request.Body.Length, 1, 28 * 1024);
            AssertCard(Told.Json(request));
        }
    }

    private static void AssertCard(JsonElement json)
    {
        Assert.Equal(["attachments", "type"], json.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        var attachment = Assert.Single(json.GetProperty("attachments").EnumerateArray());
        Assert.Equal("application/vnd.microsoft.card.adaptive", attachment.GetProperty("contentType").GetString());
        Assert.Equal(JsonValueKind.Null, attachment.GetProperty("contentUrl").ValueKind);
        var card = attachment.GetProperty("content");
        Assert.Equal(("AdaptiveCard", "1.4"), (card.GetProperty("type").GetString(), card.GetProperty("version").GetString()));
        // Mentions need a list of entities beside the text, and there is none.
        Assert.Equal(["width"], card.GetProperty("msteams").EnumerateObject().Select(member => member.Name));
        foreach (var block in card.GetProperty("body").EnumerateArray())
        {
            // Text blocks and fact sets read Markdown; these do not.
            Assert.Equal("RichTextBlock", block.GetProperty("type").GetString());
            Assert.All(block.GetProperty("inlines").EnumerateArray(), run =>
            {
                Assert.Equal("TextRun", run.GetProperty("type").GetString());
                Assert.False(run.TryGetProperty("selectAction", out _));
            });
        }

        foreach (var text in Told.Strings(card.GetProperty("body")).Select(one => one.Text).Append(card.GetProperty("fallbackText").GetString()!))
        {
            Assert.True(HostileText.IsOneCleanLine(text), text);
            foreach (var markup in new[] { "{{", "${x", "${env", "@{b", "@{x", "<at", "<b>" })
            {
                Assert.DoesNotContain(markup, text, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    private Task<IReadOnlyList<WebhookReceiver.Received>> SendAsync(params Notification[] notifications) =>
        Told.SendAsync(new ChannelOptions { Type = "teams" }, _time, notifications);
}
