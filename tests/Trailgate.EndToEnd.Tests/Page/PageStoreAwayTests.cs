using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;
using static Microsoft.Playwright.Assertions;

namespace Trailgate.EndToEnd.Tests.Page;

/// <summary>What the page says while one of two stores is away: that nothing happened would be a guess.</summary>
[Collection(PageGroup.Name)]
public sealed class PageStoreAwayTests(PageScene scene) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    public async Task A_store_that_is_away_is_named_and_an_empty_list_is_not_taken_for_all_there_is(Screen screen)
    {
        var store = Path.Combine(_folder.Path, "eu");
        var (server, address) = await TrailgateProcess.ServeAsync(_folder, ("Trailgate__Stores__eu__Data", store), ("Trailgate__Regions__eu-de", "eu"));
        await using var dispose = server;
        await Post.AcceptedAsync(address, PageEvents.Late(TimeProvider.System.GetUtcNow(), "kept@example.com", "eu-de"));
        Directory.Move(store, store + ".away");

        await using var visit = await Visit.OpenAsync(scene.Browser, address, screen, "/");

        await Expect(visit.Page.GetByText("Not everything is here: the store eu did not answer.")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("The part that could be read holds no such event; the rest may hold some.")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("nothing was sent")).ToHaveCountAsync(0);
        await Expect(visit.Page.Locator(".integrity")).ToHaveTextAsync("A store is away");
        await visit.LookAsync("store-away");
        visit.AssertQuiet();
    }
}
