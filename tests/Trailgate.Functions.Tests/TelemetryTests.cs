using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Trailgate.Functions.Tests.Host;
using Trailgate.Tests.Ingest;
using Trailgate.Tests.Support;

namespace Trailgate.Functions.Tests;

/// <summary>Telemetry by OTLP, to a collector on a free port.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Where_a_collector_is_configured_it_gets_the_counters_and_the_logs()
    {
        await using var collector = await Collector.StartAsync();
        await using (var app = await FunctionsApp.StartAsync(
        [
            ("Trailgate:Data", _folder.Path),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ]))
        {
            using var client = new HttpClient { BaseAddress = app.Url };
            using var body = new StringContent(Bodies.Event(), null, "application/json");
            using var answer = await client.PostAsync(new Uri("/api/events", UriKind.Relative), body);
            await app.Functions.InvokeAsync("ArchiveRun", new TimerInfo { IsPastDue = true });
        }

        // What is collected leaves at the latest when the app ends. Protobuf writes texts as they are.
        Assert.Contains("trailgate.archive.items", collector.Text("/v1/metrics"), StringComparison.Ordinal);
        Assert.Contains("archived", collector.Text("/v1/metrics"), StringComparison.Ordinal);
        Assert.Contains("Archived 1 event", collector.Text("/v1/logs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_host_keeps_relaying_the_logs_unless_a_collector_gets_them()
    {
        await using var app = await FunctionsApp.StartAsync([("Trailgate:Data", _folder.Path)]);

        Assert.Null(app.Services.GetService<ConfigureFunctionsOpenTelemetry.WorkerSendsItsOwnLogs>());
    }

    private sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, string Text)> _received = new();
        private WebApplication _app = null!; // StartAsync is the only way to make one

        public string Url => _app.Urls.First();

        public string Text(string path) => string.Concat(_received.Where(request => request.Path == path).Select(request => request.Text));

        public static async Task<Collector> StartAsync()
        {
            var collector = new Collector();
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            collector._app = builder.Build();
            collector._app.Run(async context =>
            {
                using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
                collector._received.Enqueue((context.Request.Path, await reader.ReadToEndAsync(context.RequestAborted)));
                context.Response.ContentType = "application/x-protobuf";
            });
            await collector._app.StartAsync();
            return collector;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
