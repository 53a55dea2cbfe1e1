using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>
/// Follows src/DotNetWorker/Builder/FunctionsApplicationBuilder.cs: defaults of a generic host, the environment's name from
/// AZURE_FUNCTIONS_ENVIRONMENT, no console logger. The real one speaks gRPC with the Functions host; here
/// <see cref="FunctionInvoker"/> calls the functions.
/// </summary>
public sealed class FunctionsApplicationBuilder : IHostApplicationBuilder
{
    private static readonly AsyncLocal<Action<FunctionsApplicationBuilder>?> BeforeBuild = new();
    private static readonly AsyncLocal<Action<WebApplication>?> AfterBuild = new();

    private readonly WebApplicationBuilder _web;
    private bool _integratesAspNetCore;

    internal FunctionsApplicationBuilder(string[] args)
    {
        _web = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            EnvironmentName = Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT"),
        });
        _web.Logging.ClearProviders();
        _web.Services.AddSingleton<FunctionInvoker>();
    }

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_web).Properties;

    public ConfigurationManager Configuration => _web.Configuration;

    IConfigurationManager IHostApplicationBuilder.Configuration => _web.Configuration;

    IHostEnvironment IHostApplicationBuilder.Environment => _web.Environment;

    public ILoggingBuilder Logging => _web.Logging;

    public IMetricsBuilder Metrics => _web.Metrics;

    public IServiceCollection Services => _web.Services;

    /// <summary>Lets a test look at what a program builds when it is started in the same flow of control.</summary>
    internal static void Observe(Action<FunctionsApplicationBuilder>? beforeBuild, Action<WebApplication> afterBuild)
    {
        BeforeBuild.Value = beforeBuild;
        AfterBuild.Value = afterBuild;
    }

    public IHost Build()
    {
        BeforeBuild.Value?.Invoke(this);
        var app = _web.Build();
        if (_integratesAspNetCore)
        {
            app.UseForwardedHeaders();
            ((IEndpointRouteBuilder)app).DataSources.Add(new FunctionEndpoints(app.Services.GetRequiredService<FunctionInvoker>()));
        }

        AfterBuild.Value?.Invoke(app);
        return app;
    }

    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => ((IHostApplicationBuilder)_web).ConfigureContainer(factory, configure);

    internal void IntegrateAspNetCore()
    {
        _integratesAspNetCore = true;
        _web.WebHost.UseUrls("http://127.0.0.1:0");
        _web.Services.Configure<ForwardedHeadersOptions>(static options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.All;
            options.ForwardLimit = null;
        });
    }
}

/// <summary>Follows extensions/Worker.Extensions.Http.AspNetCore/src/FunctionsApplicationBuilderAspNetCoreExtensions.cs.</summary>
public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        builder.IntegrateAspNetCore();
        return builder;
    }
}
