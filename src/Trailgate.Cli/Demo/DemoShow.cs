using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Trailgate.Hosting;

namespace Trailgate.Cli.Demo;

/// <summary>
/// <c>serve --demo</c>: settings for the demo, a receiver of alerts beside the server, and traffic once it listens. Keeps
/// to what an operator has: settings, HTTP and the data directory.
/// </summary>
internal sealed class DemoShow : IAsyncDisposable
{
    private const string KeyName = "demo";
    private readonly DemoReceiver _receiver;
    private readonly string? _key;
    private readonly TextWriter _output;
    private Task _traffic = Task.CompletedTask;

    private DemoShow(DemoReceiver receiver, string? key, TextWriter output)
    {
        _receiver = receiver;
        _key = key;
        _output = output;
    }

    /// <summary>Starts the receiver and adds what the demo needs to the settings, leaving alone what is set.</summary>
    public static async Task<DemoShow> OpenAsync(ConfigurationManager settings, TextWriter output, CancellationToken cancellationToken)
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        var receiver = new DemoReceiver(secret, TimeProvider.System, output);
        await receiver.StartAsync(cancellationToken);

        var added = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Trailgate:Alerts:Channels:demo:Type"] = "webhook",
            ["Trailgate:Alerts:Channels:demo:Url"] = receiver.Url,
            ["Trailgate:Alerts:Channels:demo:Secret"] = $"whsec_{Convert.ToBase64String(secret)}",
            ["Trailgate:Alerts:Channels:demo:Insecure"] = "true",
            ["Trailgate:Alerts:GroupWindow"] = settings["Trailgate:Alerts:GroupWindow"] ?? "00:00:20",
            ["Trailgate:Archive:Schedule"] = settings["Trailgate:Archive:Schedule"] ?? "*/30 * * * * *",
        };
        string? key = null;
        if (settings.GetSection("Trailgate:Keys").GetChildren().Any())
        {
            // Keys are in use: the demo brings one of its own, good for this run only.
            key = AccessKeys.NewKey();
            added[$"Trailgate:Keys:{KeyName}:Hash"] = AccessKeys.HashOf(key);
            added[$"Trailgate:Keys:{KeyName}:Scopes"] = "ingest,read";
        }

        settings.AddInMemoryCollection(added);
        return new DemoShow(receiver, key, output);
    }

    /// <summary>Starts the traffic, and says what can be tried.</summary>
    public void Begin(WebApplication server)
    {
        var url = server.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("[::]", "[::1]", StringComparison.Ordinal);
        var data = server.Services.GetRequiredService<IOptions<StorageOptions>>().Value.Data ?? "";
        DemoGuide.Write(_output, url, data, _key);
        var traffic = new DemoTraffic(new Uri(url), _key, TimeProvider.System, _output);
        _traffic = traffic.RunAsync(server.Lifetime.ApplicationStopping);
    }

    public async ValueTask DisposeAsync()
    {
        await _traffic;
        await _receiver.DisposeAsync();
    }
}
