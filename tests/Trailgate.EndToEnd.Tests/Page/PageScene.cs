using Microsoft.Playwright;
using Trailgate.EndToEnd.Tests.Alerts;
using Trailgate.EndToEnd.Tests.Load;
using Trailgate.EndToEnd.Tests.Processes;

namespace Trailgate.EndToEnd.Tests.Page;

/// <summary>
/// A server with a past (events of two days, archived; events that wait; alerts that were not delivered) and a browser: made
/// once for all tests of the page, because starting them takes longer than looking.
/// </summary>
public sealed class PageScene : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TrailgateProcess? _server;
    private IPlaywright? _playwright;

    /// <summary>Where the server listens.</summary>
    public Uri Address { get; private set; } = null!; // set before any test

    internal WebhookReceiver Receiver { get; } = new() { Answer = 410 };

    internal PageEvents Events { get; } = new(TimeProvider.System.GetUtcNow());

    internal IBrowser Browser { get; private set; } = null!; // set before any test

    public async Task InitializeAsync()
    {
        if (Chromium.Path is null)
        {
            return;
        }

        Assertions.SetDefaultExpectTimeout((float)TrailgateProcess.Patience.TotalMilliseconds / 4);
        _playwright = await Playwright.CreateAsync();
        var launching = _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium.Path, Args = Chromium.Flags });
        await Receiver.StartAsync();
        (_server, Address) = await TrailgateProcess.ServeAsync(_folder,
            ("Trailgate__Alerts__Channels__ops__Type", "webhook"),
            ("Trailgate__Alerts__Channels__ops__Url", Receiver.Url),
            ("Trailgate__Alerts__Channels__ops__Secret", $"whsec_{Convert.ToBase64String(new byte[32])}"),
            ("Trailgate__Alerts__Channels__ops__Insecure", "true"),
            ("Trailgate__Alerts__GroupWindow", "00:00:00"));
        await Post.AcceptedAsync(Address, Events.Past());
        await TrailgateProcess.ArchiveAsync(_folder);
        await Post.AcceptedAsync(Address, Events.Recent());
        Browser = await launching;
    }

    public async Task DisposeAsync()
    {
        if (Browser is not null)
        {
            await Browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }

        await Receiver.DisposeAsync();
        _folder.Dispose();
    }
}
