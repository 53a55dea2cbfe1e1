using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Trailgate.Functions.Tests.Host;

/// <summary>The app as its own Program.cs starts it, in this process, with settings as a command line gives them.</summary>
internal sealed class FunctionsApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly Task _program;

    private FunctionsApp(WebApplication app, Task program)
    {
        _app = app;
        _lifetime = app.Lifetime;
        _program = program;
    }

    public IServiceProvider Services => _app.Services;

    public FunctionInvoker Functions => Services.GetRequiredService<FunctionInvoker>();

    public Uri Url => new(_app.Urls.First());

    /// <summary>Starts it; what stops the start comes out.</summary>
    public static async Task<FunctionsApp> StartAsync(
        IEnumerable<(string Name, string Value)> settings, Action<IServiceCollection>? replace = null, string environment = "Development")
    {
        var started = new TaskCompletionSource<WebApplication>(TaskCreationOptions.RunContinuationsAsynchronously);
        string[] args = [$"--environment={environment}", .. settings.Select(setting => $"--{setting.Name}={setting.Value}")];
        var program = Task.Factory.StartNew(
            () =>
            {
                FunctionsApplicationBuilder.Observe(
                    builder => replace?.Invoke(builder.Services),
                    app => app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => started.SetResult(app)));
                typeof(IngestFunction).Assembly.EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [args], null);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAny(started.Task, program);
        if (!started.Task.IsCompleted)
        {
            await program;
            throw new InvalidOperationException("The program ended without starting.");
        }

        return new FunctionsApp(await started.Task, program);
    }

    public async Task StopAsync()
    {
        _lifetime.StopApplication();
        await _program;
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
