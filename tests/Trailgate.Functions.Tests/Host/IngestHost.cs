using Microsoft.Extensions.DependencyInjection;
using Trailgate.Functions.Tests.Host;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Ingest;

/// <summary>
/// What stands behind <see cref="IngestServer"/> here: the Functions app. In the namespace of the tests that are shared
/// with the standalone host.
/// </summary>
internal sealed class IngestHost : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly FunctionsApp _app;

    private IngestHost(TempFolder folder, FunctionsApp app)
    {
        _folder = folder;
        _app = app;
    }

    public IServiceProvider Services => _app.Services;

    public string Data => _folder.Path;

    public Uri Url => _app.Url;

    public static async Task<IngestHost> StartAsync(Action<IServiceCollection> register, (string Name, string Value)[] settings)
    {
        var folder = new TempFolder();
        var app = await FunctionsApp.StartAsync([.. settings, ("Trailgate:Data", folder.Path)], register);
        return new IngestHost(folder, app);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
