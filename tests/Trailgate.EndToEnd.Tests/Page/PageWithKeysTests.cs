using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;
using Trailgate.Hosting;
using static Microsoft.Playwright.Assertions;

namespace Trailgate.EndToEnd.Tests.Page;

/// <summary>The page of a server that asks for keys.</summary>
[Collection(PageGroup.Name)]
public sealed class PageWithKeysTests(PageScene scene) : IDisposable
{
    private const string Reader = "key-of-a-reader-0123456789abcdef";
    private const string Sender = "key-of-a-sender-0123456789abcdef";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task A_key_is_asked_for_once_kept_for_the_tab_and_never_stands_in_an_address(Screen screen)
    {
        var (server, address) = await ServeAsync();
        await using var dispose = server;
        await using var visit = await Visit.OpenAsync(scene.Browser, address, screen, "/");
        var asked = new List<string>();
        visit.Page.Request += (_, request) => asked.Add(request.Url);

        var field = visit.Page.GetByLabel("This server asks who looks");
        await Expect(field).ToBeVisibleAsync();
        await visit.LookAsync("key");
        await field.FillAsync("no-key");
        await field.PressAsync("Enter");
        await Expect(visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Alert).First).ToBeVisibleAsync();
        await field.FillAsync(Reader);
        await field.PressAsync("Enter");

        await Expect(visit.Row("Somebody read application")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("dialog")).ToHaveCountAsync(0);
        await visit.Page.ReloadAsync();
        await Expect(visit.Row("Somebody read application")).ToBeVisibleAsync();
        Assert.DoesNotContain(asked, url => url.Contains(Reader, StringComparison.Ordinal));
        Assert.DoesNotContain(Reader, visit.Page.Url, StringComparison.Ordinal);
        visit.AssertQuiet(but: "401 (Unauthorized)");
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    public async Task A_key_that_may_not_look_is_told_so(Screen screen)
    {
        var (server, address) = await ServeAsync();
        await using var dispose = server;
        await using var visit = await Visit.OpenAsync(scene.Browser, address, screen, "/");

        var field = visit.Page.GetByLabel("This server asks who looks");
        await field.FillAsync(Sender);
        await field.PressAsync("Enter");

        await Expect(visit.Page.Locator(".list").GetByText("This key may not do that")).ToBeVisibleAsync();
        await visit.LookAsync("forbidden");
        await visit.Button("Use another key").ClickAsync();
        await field.FillAsync(Reader);
        await field.PressAsync("Enter");
        await Expect(visit.Row("Somebody read application")).ToBeVisibleAsync();
        visit.AssertQuiet(but: "Failed to load resource");
    }

    private async Task<(TrailgateProcess Server, Uri Address)> ServeAsync()
    {
        var started = await TrailgateProcess.ServeAsync(_folder,
            ("Trailgate__Keys__reader__Hash", AccessKeys.HashOf(Reader)), ("Trailgate__Keys__reader__Scopes", "read"),
            ("Trailgate__Keys__sender__Hash", AccessKeys.HashOf(Sender)), ("Trailgate__Keys__sender__Scopes", "ingest"));
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        using var response = await Post.JsonAsync(started.Address, Post.Event("read").Replace("2026-11-22T05:54:00.12+0000", now, StringComparison.Ordinal), (AccessKeys.KeyHeader, Sender));
        response.EnsureSuccessStatusCode();
        return started;
    }
}
