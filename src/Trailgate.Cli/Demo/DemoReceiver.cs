using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Trailgate.Cli.Demo;

/// <summary>
/// What an operator's chat or pager would be: a webhook on a free loopback port that checks the Standard Webhooks
/// signature of each alert and tells about the first few, then counts.
/// </summary>
internal sealed class DemoReceiver(byte[] secret, TimeProvider time, TextWriter output) : IAsyncDisposable
{
    private const int Shown = 4;
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private WebApplication? _server;
    private int _received;

    /// <summary>Where alerts are to be sent, once started.</summary>
    public string Url => $"{_server!.Urls.First()}/alerts";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        // Ctrl-C belongs to the server that is shown; this one ends when it is disposed.
        builder.Services.AddSingleton<IHostLifetime, EndsWhenDisposed>();
        _server = builder.Build();
        _server.Run(ReceiveAsync);
        await _server.StartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var headers = context.Request.Headers;
        if (!IsSigned(headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), body.GetBuffer().AsSpan(0, (int)body.Length)))
        {
            await output.WriteLineAsync("Demo: an alert came with a wrong signature and was refused.");
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        // At least once means that one may come again, under the same id.
        if (_seen.TryAdd(headers["webhook-id"].ToString(), true))
        {
            await TellAsync(body.ToArray());
        }
    }

    private async Task TellAsync(byte[] body)
    {
        var count = Interlocked.Increment(ref _received);
        if (count <= Shown)
        {
            using var document = JsonDocument.Parse(body);
            var data = document.RootElement.GetProperty("data");
            await output.WriteLineAsync($"Demo: alert received, signature good: {Describe(data)}");
        }
        else if (int.IsPow2(count) && count >= 16)
        {
            await output.WriteLineAsync($"Demo: {count} alerts received, all signatures good.");
        }
    }

    private static string Describe(JsonElement alert)
    {
        var rule = Text(alert, "rule");
        if (alert.TryGetProperty("count", out var more))
        {
            return $"{rule}: {more} more of the same initiator";
        }

        if (!alert.TryGetProperty("event", out var happened))
        {
            return $"{rule}: {Text(alert, "message")}";
        }

        var who = happened.TryGetProperty("initiator", out var initiator) ? Text(initiator, "name") : "someone";
        return $"{rule}: {who}, {Text(happened, "action")} in {Text(happened, "region")}, {Text(happened, "outcome")}";
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "?";

    private bool IsSigned(string id, string timestamp, string signatures, ReadOnlySpan<byte> body)
    {
        if (!long.TryParse(timestamp, out var seconds)
            || Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - seconds) > (long)Tolerance.TotalSeconds)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        hmac.GetHashAndReset(expected);

        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var signature in signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (signature.StartsWith("v1,", StringComparison.Ordinal)
                && Convert.TryFromBase64String(signature[3..], given, out var written) && written == given.Length
                && CryptographicOperations.FixedTimeEquals(given, expected))
            {
                return true;
            }
        }

        return false;
    }

    private sealed class EndsWhenDisposed : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
