using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using Trailgate.Archive;

namespace Trailgate.Functions;

/// <summary>Sends metrics, traces and logs of the worker by OTLP, where a collector is configured.</summary>
internal static class Telemetry
{
    /// <summary>The standard setting of OpenTelemetry; the Functions host reads it as well.</summary>
    public const string EndpointSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration[EndpointSetting]))
        {
            // With the worker's OpenTelemetry on, the host stops relaying its logs: without a collector they would be lost.
            return;
        }

        builder.Services.AddOpenTelemetry()
            .UseFunctionsWorkerDefaults()
            .WithMetrics(static metrics => metrics.AddMeter(ArchiveMetrics.MeterName))
            .UseOtlpExporter();
    }
}
