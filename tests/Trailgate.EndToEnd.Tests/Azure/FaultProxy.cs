using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Trailgate.Cli.Azurite;

namespace Trailgate.EndToEnd.Tests.Azure;

/// <summary>How the proxy treats a request.</summary>
internal enum Treatment
{
    /// <summary>It goes through.</summary>
    Pass,

    /// <summary>The connection is dropped before the storage sees it.</summary>
    Drop,

    /// <summary>It goes through late.</summary>
    Delay,

    /// <summary>It is applied, and the connection is cut instead of an answer.</summary>
    CutAnswer,

    /// <summary>It is applied, and the answer is 503.</summary>
    HideAnswer,

    /// <summary>It is answered with 500 and not applied.</summary>
    Answer500,

    /// <summary>It is answered with 503 and not applied.</summary>
    Answer503,

    /// <summary>It is answered with 429 and not applied.</summary>
    Answer429,
}

/// <summary>Stands between a server and its Azurite, blobs and queues, and treats requests as a test says.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(300);

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly List<WebApplication> _listeners = [];
    private readonly int[] _counts = new int[Enum.GetValues<Treatment>().Length];

    private FaultProxy()
    {
    }

    /// <summary>Decides for each request.</summary>
    public Func<Treatment> Treat { get; set; } = () => Treatment.Pass;

    /// <summary>How many requests were treated so.</summary>
    public int CountOf(Treatment treatment) => Volatile.Read(ref _counts[(int)treatment]);

    /// <summary>Where a server finds an account by way of this.</summary>
    public string ConnectionOf(AzuriteAccount account) =>
        AzuriteProcess.ConnectionString(account, PortOf(_listeners[0]), PortOf(_listeners[1]));

    public static async Task<FaultProxy> StartAsync(AzuriteProcess azurite)
    {
        var proxy = new FaultProxy();
        await proxy.ListenAsync(azurite.BlobPort);
        await proxy.ListenAsync(azurite.QueuePort);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
        {
            await listener.DisposeAsync();
        }

        _client.Dispose();
    }

    private static int PortOf(WebApplication listener) => new Uri(listener.Urls.First()).Port;

    private async Task ListenAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(ConfigureKestrel);
        var listener = builder.Build();
        listener.Run(context => HandleAsync(context, port));
        await listener.StartAsync();
        _listeners.Add(listener);
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;
    }

    private async Task HandleAsync(HttpContext context, int port)
    {
        var treatment = Treat();
        Interlocked.Increment(ref _counts[(int)treatment]);
        switch (treatment)
        {
            case Treatment.Drop:
                context.Abort();
                return;
            case Treatment.Answer500 or Treatment.Answer503 or Treatment.Answer429:
                // The body is read first, as a server does that can not cope with it.
                await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
                context.Response.StatusCode = treatment switch
                {
                    Treatment.Answer500 => StatusCodes.Status500InternalServerError,
                    Treatment.Answer503 => StatusCodes.Status503ServiceUnavailable,
                    _ => StatusCodes.Status429TooManyRequests,
                };
                return;
            case Treatment.Delay:
                await Task.Delay(Lateness, TimeProvider.System, CancellationToken.None);
                break;
        }

        await ForwardAsync(context, port, treatment);
    }

    private async Task ForwardAsync(HttpContext context, int port, Treatment treatment)
    {
        // As it came: its path and headers are signed.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri($"http://127.0.0.1:{port}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Content = new ByteArrayContent(body.ToArray());
        foreach (var (name, values) in context.Request.Headers)
        {
            if (!name.Equals("Host", StringComparison.OrdinalIgnoreCase)
                && !name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
                && !request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        // What was begun is brought to its end, though the client may have lost patience: so storage does.
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, CancellationToken.None);
        var content = await answer.Content.ReadAsByteArrayAsync(CancellationToken.None);
        if (treatment == Treatment.CutAnswer)
        {
            context.Abort();
            return;
        }

        if (treatment == Treatment.HideAnswer)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
                && !name.Equals("Connection", StringComparison.OrdinalIgnoreCase)
                && !name.Equals("Keep-Alive", StringComparison.OrdinalIgnoreCase))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        if (context.Request.Method != "HEAD" && content.Length > 0)
        {
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        }
    }
}
