using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
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

    /// <summary>What signs the calls of a channel with <see cref="Settings"/>.</summary>
    public byte[] Secret { get; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>How long it takes to answer each call; no time without another word.</summary>
    public Func<TimeSpan> Slowness { get; init; } = static () => TimeSpan.Zero;

    public WebhookReceiver() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public string Url => $"http://{_socket.LocalEndPoint}/hook";

    /// <summary>The status of its answers from now on.</summary>
    public int Answer { get; set; } = StatusCodes.Status204NoContent;

    /// <summary>The settings of a channel <c>ops</c> that leads here.</summary>
    public (string Name, string Value)[] Settings =>
    [
        ("Trailgate__Alerts__Channels__ops__Type", "webhook"),
        ("Trailgate__Alerts__Channels__ops__Url", Url),
        ("Trailgate__Alerts__Channels__ops__Secret", $"whsec_{Convert.ToBase64String(Secret)}"),
        ("Trailgate__Alerts__Channels__ops__Insecure", "true"),
    ];

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
        var call = new WebhookCall(
            context.Request.Method, context.Request.Path, headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), body.ToArray())
        {
            ArrivedAt = TimeProvider.System.GetTimestamp(),
        };
        _calls.Enqueue(call);
        await Task.Delay(Slowness(), TimeProvider.System, CancellationToken.None);
        call.AnsweredAt = TimeProvider.System.GetTimestamp();
        context.Response.StatusCode = Answer;
    }

    private sealed class Unending : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
