using System.Text.Json;
using Microsoft.Playwright;
using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;
using static Microsoft.Playwright.Assertions;

namespace Trailgate.EndToEnd.Tests.Page;

/// <summary>Alerts on the page: what was not delivered, and sending it again.</summary>
[Collection(PageGroup.Name)]
public sealed class PageAlertTests(PageScene scene) : IAsyncLifetime
{
    private readonly HttpClient _client = new();

    // Gone for good, says the receiver: the channel is disabled, and the alert lies among the dead letters.
    public Task InitializeAsync()
    {
        scene.Receiver.Answer = 410;
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        _client.Dispose();
        return Task.CompletedTask;
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task Dead_letters_of_a_channel_are_sent_again_all_at_once(Screen screen)
    {
        var alert = await DeadAsync($"all-{screen}@example.com");
        await using var visit = await Visit.OpenAsync(scene.Browser, scene.Address, screen, "/#?tab=alerts&state=dead");
        await Expect(visit.Page.GetByText(alert.Who).First).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".channels").GetByText("Disabled")).ToBeVisibleAsync();
        await visit.LookAsync("alerts");

        scene.Receiver.Answer = 204;
        await visit.Button("Send all again").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();

        await Expect(visit.Page.Locator(".toast")).ToContainTextAsync("on the way again");
        await BecomesAsync(alert.Id, "delivered");
        await visit.Page.GotoAsync($"/?alert={alert.Id}");
        await Expect(visit.Page.Locator(".alerts .pill").First).ToHaveTextAsync("Delivered");
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task One_alert_is_opened_by_the_link_of_its_message_sent_again_and_leads_to_its_event(Screen screen)
    {
        var alert = await DeadAsync($"one-{screen}@example.com");
        await using var visit = await Visit.OpenAsync(scene.Browser, scene.Address, screen, $"/?alert={alert.Id}");
        await Expect(visit.Page.Locator(".alerts > li")).ToHaveCountAsync(1);
        await Expect(visit.Page.Locator(".alerts > li")).ToContainTextAsync($"{alert.Who} deleted application frontend of webshop");
        await Expect(visit.Page.GetByText("It lies among the dead letters.")).ToBeVisibleAsync();
        await visit.LookAsync("alert");

        scene.Receiver.Answer = 204;
        await visit.Button("Enable").ClickAsync();
        await Expect(visit.Page.Locator(".channels").GetByText("Enabled")).ToBeVisibleAsync();
        await visit.Page.Locator(".alerts").GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();
        await BecomesAsync(alert.Id, "delivered");
        await visit.Page.GotoAsync($"/?event={alert.Event}");

        await Expect(visit.Page.Locator(".sentence")).ToContainTextAsync($"{alert.Who} deleted application");
        Assert.EndsWith($"/#?event={alert.Event}", visit.Page.Url, StringComparison.Ordinal);
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task A_new_alert_and_what_becomes_of_one_appear_by_themselves_and_open_ones_stay_open(Screen screen)
    {
        var first = await DeadAsync($"first-{screen}@example.com");
        await using var visit = await OpenWithClockAsync(screen, "/#?tab=alerts");
        var row = visit.Page.Locator(".alerts > li", new() { HasText = first.Who });
        await row.Locator("summary").ClickAsync();
        await Expect(row.GetByText("It lies among the dead letters.")).ToBeVisibleAsync();

        scene.Receiver.Answer = 204;
        await RedeliverAsync(first.Id);
        await Post.AcceptedAsync(scene.Address, PageEvents.Delete(TimeProvider.System.GetUtcNow(), $"second-{screen}@example.com"));
        await visit.Page.Clock.RunForAsync(10_000);

        await Expect(visit.Page.Locator(".alerts > li").First).ToContainTextAsync($"second-{screen}@example.com");
        await Expect(row.GetByText("Every channel has it.")).ToBeVisibleAsync();
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    public async Task An_alert_leaves_the_list_of_a_state_when_it_is_no_more_in_it(Screen screen)
    {
        var alert = await DeadAsync("leaves@example.com");
        await using var visit = await OpenWithClockAsync(screen, "/#?tab=alerts&state=dead");
        await Expect(visit.Page.GetByText(alert.Who)).ToBeVisibleAsync();

        scene.Receiver.Answer = 204;
        await RedeliverAsync(alert.Id);
        await visit.Page.Clock.RunForAsync(10_000);

        await Expect(visit.Page.GetByText(alert.Who)).ToHaveCountAsync(0);
        visit.AssertQuiet();
    }

    /// <summary>Time passes on the page when the test says so.</summary>
    private async Task<Visit> OpenWithClockAsync(Screen screen, string address)
    {
        var visit = await Visit.OpenAsync(scene.Browser, scene.Address, screen, "about:blank");
        await visit.Page.Clock.InstallAsync();
        await visit.Page.GotoAsync(address);
        return visit;
    }

    private async Task RedeliverAsync(string id)
    {
        using var answer = await _client.PostAsync(new Uri(scene.Address, "/api/channels/ops/redeliver"), content: null);
        answer.EnsureSuccessStatusCode();
        await BecomesAsync(id, "delivered");
    }

    private async Task<(string Id, string Event, string Who)> DeadAsync(string who)
    {
        await Post.AcceptedAsync(scene.Address, PageEvents.Delete(TimeProvider.System.GetUtcNow(), who));
        var found = (Id: "", Event: "");
        await Eventually.HoldsAsync("the alert is among the dead letters", TrailgateProcess.Patience, async () =>
        {
            foreach (var alert in await AlertsAsync("?state=dead"))
            {
                if (alert.GetProperty("event").GetProperty("initiator").TryGetProperty("name", out var name) && name.GetString() == who)
                {
                    found = (alert.GetProperty("id").GetString()!, alert.GetProperty("event").GetProperty("id").GetString()!); // not null: ids are texts
                }
            }

            return found.Id.Length > 0;
        });
        return (found.Id, found.Event, who);
    }

    private Task BecomesAsync(string id, string state) => Eventually.HoldsAsync($"the alert is {state}", TrailgateProcess.Patience, async () =>
        (await AlertsAsync($"?state={state}")).Any(alert => alert.GetProperty("id").GetString() == id));

    private async Task<List<JsonElement>> AlertsAsync(string query)
    {
        using var answer = JsonDocument.Parse(await _client.GetStringAsync(new Uri(scene.Address, $"/api/alerts{query}")));
        return [.. answer.RootElement.GetProperty("alerts").EnumerateArray().Where(static alert => alert.TryGetProperty("event", out _)).Select(static alert => alert.Clone())];
    }
}
