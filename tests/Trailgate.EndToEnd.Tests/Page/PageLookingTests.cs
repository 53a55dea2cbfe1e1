using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Trailgate.EndToEnd.Tests.Page;

/// <summary>Stories, changes and views on the page.</summary>
[Collection(PageGroup.Name)]
public sealed class PageLookingTests(PageScene scene)
{
    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task A_story_is_told_across_regions_with_what_stayed_open_and_what_was_done_before(Screen screen)
    {
        await using var visit = await OpenAsync(screen, "tab=story");
        await Expect(visit.Page.GetByText("Which request?")).ToBeVisibleAsync();
        await visit.LookAsync("story-empty");

        await visit.Page.GetByLabel("Correlation id").FillAsync(PageEvents.Deployment);
        await visit.Page.Keyboard.PressAsync("Enter");

        await Expect(visit.Page.Locator(".summary")).ToContainTextAsync("3 steps in eu-de, us-south, over 2 minutes");
        var steps = visit.Page.Locator(".story > .timeline > li");
        await Expect(steps).ToHaveCountAsync(3);
        await Expect(steps.Nth(0)).ToContainTextAsync("alice@example.com updated application shop");
        await Expect(steps.Nth(1)).ToContainTextAsync("No outcome was ever reported.");
        await Expect(steps.Nth(2)).ToContainTextAsync("could not delete application shop");
        await visit.Page.GetByText("Before: 1 event by alice@example.com").ClickAsync();
        await Expect(visit.Page.GetByText("read secret")).ToBeVisibleAsync();
        await visit.LookAsync("story");
        await steps.Nth(0).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(visit.Page.Locator(".sentence")).ToContainTextAsync("updated application shop");
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task A_change_stands_beside_the_last_known_value_and_the_event_that_showed_it(Screen screen)
    {
        await using var visit = await OpenAsync(screen, $"correlationId={PageEvents.Deployment}");

        await visit.Row("updated application shop").ClickAsync();
        await visit.Link("What changed").ClickAsync();

        var difference = visit.Page.Locator(".diff > li", new() { HasText = "scale" });
        await Expect(difference.Locator(".old")).ToContainTextAsync("3");
        await Expect(difference.Locator(".new")).ToContainTextAsync("5");
        await visit.LookAsync("changes");
        await difference.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(visit.Page.Locator(".sentence")).ToContainTextAsync("alice@example.com created application shop");
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task A_search_is_saved_as_a_view_opened_and_deleted(Screen screen)
    {
        await using var visit = await OpenAsync(screen, "region=eu-de");
        await Expect(visit.Row("began to create job")).ToBeVisibleAsync();

        await visit.Page.GetByTitle("Save this search as a view").ClickAsync();
        var title = $"Frankfurt on a {screen}";
        await visit.Page.GetByLabel("Name").FillAsync(title);
        await visit.LookAsync("view-save");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator(".toast")).ToHaveTextAsync("The view is saved.");
        await visit.Link("Views").ClickAsync();
        var card = visit.Page.Locator(".card", new() { HasText = title });
        await Expect(card).ToContainTextAsync("Region is eu-de");
        await visit.LookAsync("views");
        await card.GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();
        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(2);
        await visit.LookAsync("view");
        await visit.Link("Views").ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(card).ToHaveCountAsync(0);
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    public async Task A_view_that_asks_for_something_takes_it(Screen screen)
    {
        await using var visit = await OpenAsync(screen, "tab=views");

        var card = visit.Page.Locator(".card", new() { HasText = "One request" });
        await card.GetByRole(AriaRole.Textbox).FillAsync(PageEvents.Deployment);
        await card.GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();

        await Expect(visit.Page.Locator("tbody tr")).ToHaveCountAsync(3);
        Assert.Matches(new Regex($"correlationId={PageEvents.Deployment}.*view=request"), visit.Page.Url);
        visit.AssertQuiet();
    }

    private Task<Visit> OpenAsync(Screen screen, string state) => Visit.OpenAsync(scene.Browser, scene.Address, screen, $"/#?{state}");
}
