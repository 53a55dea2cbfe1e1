namespace Trailgate.Tests.Model;

/// <summary>What an operation of a store, a queue or a receiver is.</summary>
internal enum OperationKind
{
    Put,
    Replace,
    Read,
    Open,
    Delete,
    List,
    Send,
    Receive,
    Remove,
    Count,
    Deliver,
}

/// <summary>
/// A call that a process made and that waits for the schedule: to be applied, and to be answered. The two are separate
/// steps, in any order among all calls, and either may never happen.
/// </summary>
internal sealed class Operation(SimulatedProcess process, OperationKind kind, string target, Func<object?> apply, string flow)
{
    // Continuations run inside of Answer, on the thread of the simulation.
    private readonly TaskCompletionSource<object?> _done = new();
    private object? _result;

    public SimulatedProcess Process => process;

    public OperationKind Kind => kind;

    /// <summary>Store, container and path, or what else it is about.</summary>
    public string Target => target;

    /// <summary>Which of its process's actions called.</summary>
    public string Flow => flow;

    /// <summary>Whether a thread of the inbox waits for it, or a mark, and not the pump.</summary>
    public bool IsBackground => flow == Flows.Inbox;

    /// <summary>Whether the client will try it a second time by itself before it answers.</summary>
    public bool IsRepeated { get; set; }

    /// <summary>Counts the operations of a schedule, in the order in which they came to wait.</summary>
    public int Number { get; set; }

    /// <summary>Not picked before this step: its caller sleeps meanwhile, and the others go on.</summary>
    public int HeldUntil { get; set; }

    /// <summary>How far the plan of its store was when it was called.</summary>
    public long PlanAtCall { get; init; }

    public bool IsApplied { get; private set; }

    public bool Changes => kind is OperationKind.Put or OperationKind.Replace or OperationKind.Delete or OperationKind.Send or OperationKind.Remove or OperationKind.Deliver;

    public Task<object?> Done => _done.Task;

    /// <summary>What a repetition of the call would sort by, so that threads that race end in one order.</summary>
    public string SortKey => $"{process.Number} {(IsBackground ? 1 : 0)} {kind} {target[..Math.Min(target.Length, target.IndexOf('/', StringComparison.Ordinal) + 12)]}";

    public void Apply()
    {
        _result = apply();
        IsApplied = true;
    }

    /// <summary>Answers with what the last application gave.</summary>
    public void Answer() => _done.SetResult(_result);

    public void Fail(Exception exception) => _done.SetException(exception);

    public override string ToString() => $"{process} {flow} {kind} {target}";
}

/// <summary>Its process is gone: whatever the code does with this, nobody sees it.</summary>
internal sealed class ProcessDiedException() : Exception("The process is dead.");
