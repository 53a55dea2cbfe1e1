using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>A function as its attributes describe it.</summary>
internal sealed record FunctionEntry(string Name, MethodInfo Method, TriggerBindingAttribute Trigger);

/// <summary>
/// Finds the functions of the app and calls them as the worker does: a new instance of the class for each invocation, made
/// by the services; the trigger's value and the invocation's token bound by type.
/// </summary>
public sealed class FunctionInvoker(IServiceProvider services) : IDisposable
{
    private readonly CancellationTokenSource _invocations = new();

    internal IReadOnlyList<FunctionEntry> All { get; } = Find();

    /// <summary>What functions threw at the host, the latest last.</summary>
    internal IList<Exception> Failures { get; } = [];

    /// <summary>Cancels what runs, as the host does on a time-out or before an instance goes.</summary>
    public Task CancelInvocationsAsync() => _invocations.CancelAsync();

    /// <summary>Calls the function with the value of its trigger; what it throws comes out.</summary>
    public Task InvokeAsync(string function, object value) => InvokeAsync(All.Single(entry => entry.Name == function), value, services);

    public void Dispose() => _invocations.Dispose();

    internal async Task InvokeHttpAsync(FunctionEntry function, HttpContext context)
    {
        try
        {
            await InvokeAsync(function, context.Request, context.RequestServices);
        }
        catch (Exception e)
        {
            // The trap: the caller gets what is in the response so far, an empty 200 at worst.
            lock (Failures)
            {
                Failures.Add(e);
            }
        }
    }

    private async Task InvokeAsync(FunctionEntry function, object value, IServiceProvider scope)
    {
        var instance = ActivatorUtilities.CreateInstance(scope, function.Method.DeclaringType!);
        var arguments = function.Method.GetParameters().Select(parameter =>
            parameter.ParameterType == typeof(CancellationToken) ? _invocations.Token
            : parameter.ParameterType.IsInstanceOfType(value) ? value
            : throw new InvalidOperationException($"The worker could not bind {function.Name}({parameter.Name})."));
        await (Task)function.Method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, [.. arguments], null)!;
    }

    private static FunctionEntry[] Find() =>
    [
        .. from type in typeof(FunctionInvoker).Assembly.GetExportedTypes()
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
           let function = method.GetCustomAttribute<FunctionAttribute>()
           where function is not null
           let trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<TriggerBindingAttribute>()).OfType<TriggerBindingAttribute>().Single()
           orderby function.Name
           select new FunctionEntry(function.Name, method, trigger),
    ];
}
