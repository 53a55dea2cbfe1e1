using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Trailgate.EndToEnd.Tests.Page;

/// <summary>The page, open in a browser window of its own, with an eye on all that it complains of.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private static readonly string Shots = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;

    private readonly IBrowserContext _context;
    private readonly Screen _screen;
    private readonly ConcurrentQueue<string> _complaints = new();

    private Visit(IBrowserContext context, IPage page, Screen screen)
    {
        (_context, Page, _screen) = (context, page, screen);
        // Breaches of the Content-Security-Policy are among them: the browser writes them to the console.
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Dialog += (_, dialog) =>
        {
            _complaints.Enqueue($"A script of an event ran: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    /// <summary>Opens an address.</summary>
    public static async Task<Visit> OpenAsync(IBrowser browser, Uri server, Screen screen, string address)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = server.AbsoluteUri,
            ViewportSize = screen == Screen.Desktop ? new ViewportSize { Width = 1440, Height = 900 } : new ViewportSize { Width = 390, Height = 844 },
            HasTouch = screen == Screen.Phone,
            ColorScheme = screen == Screen.Desktop ? ColorScheme.Light : ColorScheme.Dark,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(30_000);
        var visit = new Visit(context, await context.NewPageAsync(), screen);
        await visit.Page.GotoAsync(address);
        return visit;
    }

    /// <summary>Keeps a picture of what is seen, and checks that nobody is kept out of it and nothing sticks out at the side.</summary>
    public async Task LookAsync(string name)
    {
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Shots, $"{name}-{_screen.ToString().ToLowerInvariant()}.png") });
        Assert.Empty(await Axe.CheckAsync(Page));
        Assert.Equal(0, await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth"));
    }

    /// <summary>The page complained of nothing, or of what the test brought about.</summary>
    public void AssertQuiet(string? but = null) =>
        Assert.DoesNotContain(_complaints, complaint => but is null || !complaint.Contains(but, StringComparison.Ordinal));

    public ILocator Row(string text) => Page.Locator("main a.row", new PageLocatorOptions { HasText = text });

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = name, Exact = true });

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
