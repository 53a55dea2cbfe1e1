using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Trailgate.Alerts;
using Trailgate.Alerts.Delivery;
using Trailgate.Azure;
using Trailgate.Functions.Tests.Host;
using Trailgate.Hosting;

namespace Trailgate.Functions.Tests;

/// <summary>What the attributes of the functions tell the host, against the route table, the queue and the settings.</summary>
public sealed class BindingTests : IDisposable
{
    private readonly ServiceProvider _none = new ServiceCollection().BuildServiceProvider();
    private readonly FunctionInvoker _functions;

    public BindingTests() => _functions = new FunctionInvoker(_none);

    public void Dispose()
    {
        _functions.Dispose();
        _none.Dispose();
    }

    [Fact]
    public void The_functions_serve_every_route_of_the_table_and_no_other()
    {
        var table = RouteTable.All
            .SelectMany(route => route.Method == HttpMethods.Get ? [(HttpMethods.Get, route.Pattern), (HttpMethods.Head, route.Pattern)] : new[] { (route.Method, route.Pattern) })
            .Select(route => $"{route.Item1} {route.Item2}");

        var functions = Http().SelectMany(trigger => trigger.Methods.SelectMany(method => Paths(trigger.Route!).Select(path => $"{method.ToUpperInvariant()} {path}")));

        Assert.Equal(table.Order(StringComparer.Ordinal), functions.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_library_checks_keys_so_the_platform_does_not() =>
        Assert.All(Http(), trigger => Assert.Equal(AuthorizationLevel.Anonymous, trigger.AuthLevel));

    [Fact]
    public void Names_are_unique_and_each_function_has_a_class_of_its_own_and_takes_a_token_last()
    {
        Assert.Equal(_functions.All.Count, _functions.All.Select(function => function.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(_functions.All.Count, _functions.All.Select(function => function.Method.DeclaringType).Distinct().Count());
        Assert.All(_functions.All, function => Assert.Equal(typeof(CancellationToken), function.Method.GetParameters()[^1].ParameterType));
    }

    [Fact]
    public void An_HTTP_function_returns_nothing_that_the_worker_would_serialize_again() =>
        Assert.All(_functions.All, function => Assert.Equal(typeof(Task), function.Method.ReturnType));

    [Fact]
    public void Timers_run_by_the_settings_of_the_other_host_and_not_at_every_start()
    {
        var timers = Timers();

        Assert.Equal(["%Trailgate:Alerts:WatchSchedule%", "%Trailgate:Archive:Schedule%"], timers.Select(timer => timer.Schedule).Order(StringComparer.Ordinal));
        Assert.All(timers, timer =>
        {
            Assert.Contains(timer.Schedule.Trim('%'), SettingNames.All);
            Assert.False(timer.RunOnStartup);
            Assert.True(timer.UseMonitor);
        });
    }

    [Fact]
    public void The_sample_sets_the_schedules_because_the_host_knows_no_default()
    {
        using var sample = JsonDocument.Parse(Repository.Read("local.settings.sample.json"));

        Assert.All(Timers(), timer =>
            Assert.True(sample.RootElement.GetProperty("Values").TryGetProperty(timer.Schedule.Trim('%').Replace(":", "__", StringComparison.Ordinal), out _)));
    }

    [Fact]
    public void The_queue_triggers_read_the_alert_queue_and_its_poison_queue_in_the_account_of_the_default_store()
    {
        var queues = _functions.All.Select(function => function.Trigger).OfType<QueueTriggerAttribute>().ToList();

        Assert.Equal([AzureServices.AlertQueue, AzureServices.AlertQueue + "-poison"], queues.Select(queue => queue.QueueName).Order(StringComparer.Ordinal));
        Assert.All(queues, queue => Assert.Equal(FunctionServices.HostAccount, queue.Connection ?? "AzureWebJobsStorage"));
    }

    [Fact]
    public void The_host_file_fits_the_library()
    {
        // As the worker reads it: no comments, no trailing commas.
        using var host = JsonDocument.Parse(Repository.Read("host.json"));
        var extensions = host.RootElement.GetProperty("extensions");

        Assert.Equal("", extensions.GetProperty("http").GetProperty("routePrefix").GetString());
        var queues = extensions.GetProperty("queues");
        Assert.Equal("base64", queues.GetProperty("messageEncoding").GetString());
        Assert.Equal(AlertDeliveryService.MaxDequeues, queues.GetProperty("maxDequeueCount").GetInt32());
        Assert.Equal(new AlertOptions().Lease, TimeSpan.Parse(queues.GetProperty("visibilityTimeout").GetString()!));
        Assert.Equal(new AlertOptions().Concurrency, queues.GetProperty("batchSize").GetInt32());
    }

    private List<TimerTriggerAttribute> Timers() => [.. _functions.All.Select(function => function.Trigger).OfType<TimerTriggerAttribute>()];

    private IEnumerable<HttpTriggerAttribute> Http() => _functions.All.Select(function => function.Trigger).OfType<HttpTriggerAttribute>();

    // "a/{b?}" stands for "/a" and "/a/{b}".
    private static IEnumerable<string> Paths(string route)
    {
        var optional = route.IndexOf("/{", StringComparison.Ordinal);
        return route.EndsWith("?}", StringComparison.Ordinal)
            ? [$"/{route[..optional]}", $"/{route[..^2]}}}"]
            : [$"/{route}"];
    }
}
