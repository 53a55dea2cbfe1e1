using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Trailgate.EndToEnd.Tests.Alerts;

/// <summary>
/// A webhook of the test's own. It has its port from the beginning, so that nobody else gets it, and refuses connections
/// until it is started.
/// </summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentQueue<WebhookCall> _calls = new();
    private WebApplication? _server;

    public WebhookReceiver() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public string Url => $"http://{_socket.LocalEndPoint}/hook";

    /// <summary>The status of its answers from now on.</summary>
    public int Answer { get; set; } = StatusCodes.Status204NoContent;

    /// <summary>What came so far, in its order.</summary>
    public WebhookCall[] Calls => [.. _calls];

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.CreateBoundListenSocket = _ => _socket).UseUrls($"http://{_socket.LocalEndPoint}");
        // The signals of the test run are not for it.
        builder.Services.AddSingleton<IHostLifetime, Unending>();
        _server = builder.Build();
        _server.Run(ReceiveAsync);
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }

        _socket.Dispose();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers;
        _calls.Enqueue(new WebhookCall(
            context.Request.Method, context.Request.Path, headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), body.ToArray()));
        context.Response.StatusCode = Answer;
    }

    private sealed class Unending : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
