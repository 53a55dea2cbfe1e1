using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;

namespace Microsoft.Azure.Functions.Worker.OpenTelemetry;

/// <summary>Follows src/DotNetWorker.OpenTelemetry/ConfigureFunctionsOpenTelemetry.cs.</summary>
public static class ConfigureFunctionsOpenTelemetry
{
    /// <summary>Tells the host that the worker sends its logs itself: from then on the host drops them.</summary>
    public static OpenTelemetryBuilder UseFunctionsWorkerDefaults(this OpenTelemetryBuilder builder)
    {
        builder.Services.AddSingleton<WorkerSendsItsOwnLogs>();
        return builder;
    }

    internal sealed class WorkerSendsItsOwnLogs;
}
