using System.Collections.Concurrent;

namespace Trailgate.Tests.Model;

/// <summary>Runs what async code continues with on one thread, in order, and only when the simulation says so.</summary>
internal sealed class Pump : SynchronizationContext
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _queue = new();

    public bool IsEmpty => _queue.IsEmpty;

    public override void Post(SendOrPostCallback d, object? state) => _queue.Enqueue((d, state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nobody may wait for the pump.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Begins something on the pump.</summary>
    public void Start(Func<Task> begin) => Post(static state => _ = ((Func<Task>)state!)(), begin);

    /// <summary>Runs what is queued, and what that queues.</summary>
    public void RunAll()
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            while (_queue.TryDequeue(out var item))
            {
                item.Callback(item.State);
            }
        }
        finally
        {
            // What the simulation completes by itself, outside of here, must not take this for a context to avoid.
            SetSynchronizationContext(before);
        }
    }
}
