using System.Globalization;
using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;
using static Microsoft.Playwright.Assertions;

namespace Trailgate.EndToEnd.Tests.Page;

/// <summary>What sources with wrong clocks do to the page.</summary>
[Collection(PageGroup.Name)]
public sealed class PageClockTests(PageScene scene) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task An_event_that_is_dated_years_ahead_does_not_press_the_others_into_one_bar(Screen screen)
    {
        var (server, address) = await TrailgateProcess.ServeAsync(_folder);
        await using var dispose = server;
        var now = TimeProvider.System.GetUtcNow();
        foreach (var hours in (int[])[-1, -40, -100])
        {
            await Post.AcceptedAsync(address, PageEvents.Late(now.AddHours(hours), $"past{hours}@example.com"));
        }

        await Post.AcceptedAsync(address, PageEvents.Late(DateTimeOffset.Parse("9999-12-31T23:59:59Z", CultureInfo.InvariantCulture), "ahead@example.com"));
        await using var visit = await Visit.OpenAsync(scene.Browser, address, screen, "/");

        await Expect(visit.Page.GetByText("4 events", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("rect.good")).ToHaveCountAsync(3);
        await Expect(visit.Page.Locator("main a.row")).ToHaveCountAsync(4);
        await visit.LookAsync("ahead");

        await visit.Link("1 dated ahead").ClickAsync();

        await Expect(visit.Page.Locator("main a.row")).ToHaveCountAsync(1);
        await Expect(visit.Row("ahead@example.com")).ToBeVisibleAsync();
        visit.AssertQuiet();
    }
}
