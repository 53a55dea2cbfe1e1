using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Trailgate.Benchmarks.Alerts;

/// <summary>A webhook in this process, on a free loopback port, that notes when each notification was there whole.</summary>
internal sealed class AlertReceiver : IAsyncDisposable
{
    private readonly Channel<ReceivedAlert> _received = Channel.CreateUnbounded<ReceivedAlert>();
    private readonly WebApplication _app;
    private readonly TimeProvider _time;

    private AlertReceiver(TimeProvider time)
    {
        _time = time;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        _app = builder.Build();
        _app.Run(ReceiveAsync);
    }

    /// <summary>The settings of a channel that leads here.</summary>
    public (string, string?)[] Settings =>
    [
        ("Trailgate:Alerts:Channels:bench:Type", "webhook"),
        ("Trailgate:Alerts:Channels:bench:Url", $"{_app.Urls.Single()}/"),
        ("Trailgate:Alerts:Channels:bench:Secret", $"whsec_{Convert.ToBase64String(new byte[32])}"),
        ("Trailgate:Alerts:Channels:bench:Insecure", "true"),
    ];

    /// <summary>What came, in its order.</summary>
    public ChannelReader<ReceivedAlert> Received => _received.Reader;

    public static async Task<AlertReceiver> StartAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var receiver = new AlertReceiver(time);
        await receiver._app.StartAsync(cancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var document = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        var at = _time.GetTimestamp();
        var data = document.RootElement.GetProperty("data");
        _received.Writer.TryWrite(data.TryGetProperty("count", out var count)
            ? new ReceivedAlert(null, count.GetInt64(), at)
            : new ReceivedAlert(data.TryGetProperty("event", out var of) ? of.GetProperty("correlationId").GetString() : null, 1, at));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}

/// <summary>A notification that came.</summary>
/// <param name="CorrelationId">That of its event; null for a summary, and for what the pipeline tells of itself.</param>
/// <param name="Count">How many alerts it tells of.</param>
/// <param name="At">The clock's timestamp.</param>
internal readonly record struct ReceivedAlert(string? CorrelationId, long Count, long At);
