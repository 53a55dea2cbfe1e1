using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Trailgate.Hosting;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Ingest;

/// <summary>What stands behind <see cref="IngestServer"/> here: the standalone host's edge. The tests of the Functions app put theirs in its place.</summary>
internal sealed class IngestHost : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly WebApplication _server;

    private IngestHost(Action<IServiceCollection> register, (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.Append(("Trailgate:Data", _folder.Path))
            .Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2)));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddConfiguration(configuration);
        register(builder.Services);
        builder.Services.AddLogging();
        builder.Services.AddTrailgate(builder.Configuration);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(_server.Services.GetRequiredService<HttpEdge>().HandleAsync);
    }

    public IServiceProvider Services => _server.Services;

    public string Data => _folder.Path;

    public Uri Url => new(_server.Urls.First());

    public static async Task<IngestHost> StartAsync(Action<IServiceCollection> register, (string Name, string Value)[] settings)
    {
        var host = new IngestHost(register, settings);
        await host._server.StartAsync();
        return host;
    }

    public Task StopAsync() => _server.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }
}
