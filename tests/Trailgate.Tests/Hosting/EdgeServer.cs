using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Trailgate.Hosting;

namespace Trailgate.Tests.Hosting;

/// <summary>The edge behind a real Kestrel on a free port.</summary>
internal sealed class EdgeServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private EdgeServer(WebApplication server)
    {
        _server = server;
        Client = new HttpClient { BaseAddress = new Uri(server.Urls.First()) };
    }

    public HttpClient Client { get; }

    public Uri Url => Client.BaseAddress!;

    public static async Task<EdgeServer> StartAsync(AccessOptions access, params Route[] routes)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var edge = new HttpEdge(routes, new AccessKeys(Options.Create(access)), server.Services, NullLogger<HttpEdge>.Instance);
        server.Run(edge.HandleAsync);
        await server.StartAsync();
        return new EdgeServer(server);
    }

    public static AccessOptions NoKeys => new();

    public static AccessOptions WithKey(string key, string scopes) =>
        new() { Keys = { ["test"] = new AccessKeyOptions { Hash = AccessKeys.HashOf(key), Scopes = scopes } } };

    /// <summary>Sends bytes that no HTTP client would, and returns all that comes back until the server closes.</summary>
    public async Task<string> SendRawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Url.Host, Url.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
    }
}
