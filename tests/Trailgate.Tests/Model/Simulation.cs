using System.Globalization;
using Trailgate.Storage;

namespace Trailgate.Tests.Model;

/// <summary>
/// Some servers over one set of stores and one queue, and a schedule that decides everything: which call of whom is applied
/// and answered next, which fails, which is applied and its answer lost, applied twice, or lands long after its caller was
/// told that it failed; who is killed and what becomes of the calls that it had under way; who sleeps; whose clock jumps. A
/// schedule is a list of numbers; the same numbers do the same. Behind its end nothing fails any more.
/// </summary>
/// <remarks>
/// Only the thread that calls <see cref="Run"/> decides. The threads of the inboxes are real: before each choice all of them
/// wait, for work or for the answer of a call.
/// </remarks>
internal sealed class Simulation
{
    private const int MostOperationsToEnd = 20_000;
    private const int ClockTickMilliseconds = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PatienceAtTheEnd = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<int> _choices;
    private readonly Pump _pump = new();
    private readonly Lock _lock = new();
    private readonly List<Operation> _arrived = [];
    private readonly List<Operation> _waiting = [];
    private readonly List<Operation> _late = [];
    private readonly List<SimulatedProcess> _processes = [];
    private readonly Clients _clients = new();
    private readonly List<string>? _trace;
    private int _background;
    private int _actors;
    private int _lives;
    private int _calls;

    public Simulation(IReadOnlyList<int> choices, Defect defect, bool trace)
    {
        _choices = choices;
        Defect = defect;
        _trace = trace ? [] : null;
        Disks = new[] { Store.DefaultName, "eu" }.ToDictionary(name => name, name => new SimulatedDisk(name, this));
        Queue = new SimulatedQueue(this);
        Oracle = new Oracle(this);
        for (var number = 0; number < 3; number++)
        {
            _processes.Add(NewProcess(number, TimeSpan.FromMilliseconds(number)));
        }
    }

    public Defect Defect { get; }

    public IReadOnlyDictionary<string, SimulatedDisk> Disks { get; }

    public SimulatedQueue Queue { get; }

    public Oracle Oracle { get; }

    public FaultCounts Counts { get; } = new() { Schedules = 1 };

    public int Step { get; private set; }

    public DateTimeOffset Now { get; private set; } = new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero);

    public List<string> Violations { get; } = [];

    public IReadOnlyList<string> Trace => _trace ?? [];

    public IReadOnlyList<SentItem> Sent => _clients.Sent;

    /// <summary>Follows the schedule, lets everything come to its end, and looks at what is there.</summary>
    public void Run()
    {
        Settle();
        for (var i = 0; i < _choices.Count && Violations.Count == 0; i++)
        {
            Act(_choices[i]);
        }

        if (Violations.Count == 0)
        {
            Finish();
        }

        foreach (var process in _processes)
        {
            Kill(process, choice: 0);
        }

        Settle();
    }

    public void Violate(string what) => Violations.Add(what);

    /// <summary>A call of a process: ends when the schedule says so.</summary>
    public Task<object?> CallAsync(SimulatedProcess process, OperationKind kind, string target, Func<object?> apply, long planAtCall)
    {
        if (process.IsDead)
        {
            return Task.FromException<object?>(new ProcessDiedException());
        }

        var flow = SimulatedProcess.Flow;
        var operation = new Operation(process, kind, target, apply, flow) { PlanAtCall = planAtCall };
        lock (_lock)
        {
            _arrived.Add(operation);
        }

        if (operation.IsBackground)
        {
            Interlocked.Increment(ref _background);
        }

        return operation.Done;
    }

    /// <summary>One choice: the number's last digits say what, the others say of whom. 0 answers the oldest call.</summary>
    private void Act(int choice)
    {
        Tick();
        var (what, whom) = (choice % 100, choice / 100);
        switch (what)
        {
            case < 34:
                AnswerOne(Pick(whom));
                break;
            case < 48:
                AnswerSome(1 + whom % 14);
                break;
            case < 53:
                ApplyOnly(Pick(whom));
                break;
            case < 56:
                Refuse(Pick(whom));
                break;
            case < 59:
                LoseAnswer(Pick(whom));
                break;
            case < 61:
                FailAndLandLater(Pick(whom));
                break;
            case < 63:
                ApplyTwice(Pick(whom));
                break;
            case < 65:
                Land(whom);
                break;
            case < 67:
                Hold(whom);
                break;
            case < 79:
                Start(process => process.ReceiveAsync(_clients.Next(whom)), whom);
                break;
            case < 86:
                Start(process => process.ArchiveAsync(), whom);
                break;
            case < 90:
                Start(process => process.DeliverAsync(1 + whom % 3), whom);
                break;
            case < 93:
                Crash(whom);
                break;
            case < 95:
                Now += TimeSpan.FromSeconds(1 << (whom % 15));
                break;
            case < 97:
                JumpClock(whom);
                break;
            default:
                Start(process => process.CountAsync(), whom);
                break;
        }

        Settle();
    }

    private void Finish()
    {
        // Whoever sleeps still does, while another archives all that it can see and goes on to further plans.
        Drain();
        var healthy = NewProcess(_processes.Count, TimeSpan.FromMilliseconds(_processes.Count));
        _processes.Add(healthy);
        Begin(healthy.ArchiveAsync);
        Drain();
        foreach (var operation in _waiting)
        {
            operation.HeldUntil = 0;
        }

        Drain();
        while (_late.Count > 0)
        {
            Land(0);
        }

        for (var run = 0; run < 2; run++)
        {
            Begin(healthy.ArchiveAsync);
            Drain();
        }

        for (var polls = 0; polls < 100 && Queue.Count > 0; polls++)
        {
            Now += TimeSpan.FromHours(13);
            Begin(() => healthy.DeliverAsync(32));
            Drain();
        }

        Begin(healthy.CountAsync);
        Drain();
        if (!HaveAllEnded())
        {
            Violate($"{_actors} of the processes' actions never came to an end");
        }

        Oracle.CheckEverything();
    }

    /// <summary>Whether all actions end. The last answer of a server that was killed may still be with a thread of the pool: none waits for the dead.</summary>
    private bool HaveAllEnded()
    {
        var start = TimeProvider.System.GetTimestamp();
        while (_actors > 0 && TimeProvider.System.GetElapsedTime(start) < PatienceAtTheEnd)
        {
            Thread.Yield();
            _pump.RunAll();
        }

        return _actors == 0;
    }

    /// <summary>Answers everything that nobody holds back, the oldest first.</summary>
    private void Drain()
    {
        Settle();
        for (var i = 0; Pick(0) is { } next && Violations.Count == 0; i++)
        {
            if (i == MostOperationsToEnd)
            {
                Violate($"nothing fails any more, and yet there is no end after {MostOperationsToEnd} operations; now {next}");
                return;
            }

            AnswerOne(next);
            Settle();
            Tick();
        }
    }

    private void AnswerSome(int count)
    {
        for (; count > 0 && Pick(0) is { } next; count--)
        {
            AnswerOne(next);
            Settle();
            Tick();
        }
    }

    private void AnswerOne(Operation? operation)
    {
        if (operation is null)
        {
            return;
        }

        Take(operation, "answered");
        if (!operation.IsApplied || operation.IsRepeated)
        {
            Apply(operation);
        }

        operation.Answer();
    }

    private void ApplyOnly(Operation? operation)
    {
        if (operation is { IsApplied: false })
        {
            Counts.LateAnswers++;
            Apply(operation);
        }
    }

    private void Refuse(Operation? operation)
    {
        if (operation is { IsApplied: false })
        {
            Counts.Refused++;
            Take(operation, "refused");
            operation.Fail(new StorageException("503"));
        }
    }

    private void LoseAnswer(Operation? operation)
    {
        if (operation is null)
        {
            return;
        }

        Counts.LostAnswers += operation.Changes ? 1 : 0;
        Take(operation, "answer lost");
        if (!operation.IsApplied)
        {
            Apply(operation);
        }

        operation.Fail(new StorageException("no answer"));
    }

    private void FailAndLandLater(Operation? operation)
    {
        if (operation is { IsApplied: false, Changes: true })
        {
            Take(operation, "timed out");
            _late.Add(operation);
            operation.Fail(new StorageException("timeout"));
        }
    }

    /// <summary>A client that repeats a request by itself, because no answer came to the first.</summary>
    private void ApplyTwice(Operation? operation)
    {
        if (operation is { IsApplied: false, Changes: true })
        {
            Counts.AppliedTwice++;
            Apply(operation);
            operation.IsRepeated = true;
        }
    }

    private void Land(int whom)
    {
        if (_late.Count > 0)
        {
            var operation = _late[whom % _late.Count];
            _late.Remove(operation);
            Counts.LandedLate++;
            Log("lands", operation);
            operation.Apply();
        }
    }

    /// <summary>Somebody sleeps in the middle of a call, for long enough that others get far: an archive run rather than others.</summary>
    private void Hold(int whom)
    {
        var runs = _waiting.FindAll(operation => operation.Flow == Flows.Run && operation.HeldUntil <= Step);
        var operation = runs.Count > 0 && whom % 4 > 0 ? runs[whom % runs.Count] : Pick(whom);
        if (operation is not null)
        {
            Log("held", operation);
            operation.HeldUntil = Step + 100 + whom % 1000;
        }
    }

    private void JumpClock(int whom)
    {
        var process = _processes[whom % _processes.Count];
        var by = (whom / 10 % 6) switch
        {
            0 => TimeSpan.FromMinutes(-20),
            1 => TimeSpan.FromMinutes(20),
            2 => TimeSpan.FromDays(-400),
            3 => TimeSpan.FromDays(400),
            4 => -process.Clock.Skew,
            _ => TimeSpan.FromSeconds(-3),
        };
        Counts.ClockJumps++;
        process.Clock.Skew = TimeSpan.FromMilliseconds(process.Number) + TimeSpan.FromSeconds(Math.Round((process.Clock.Skew + by).TotalSeconds));
        _trace?.Add($"{Step}: the clock of {process} is off by {process.Clock.Skew}");
    }

    private void Crash(int whom)
    {
        var process = _processes[whom % _processes.Count];
        var under = _waiting.Where(operation => operation.Process == process).ToList();
        Counts.Crashes++;
        Counts.CrashesInCommit += under.Exists(operation => operation is { Flow: Flows.Inbox, Kind: OperationKind.Put }) ? 1 : 0;
        Counts.CrashesInRun += under.Exists(operation => operation.Flow == Flows.Run) ? 1 : 0;
        Counts.CrashesInDelivery += under.Exists(operation => operation.Flow == Flows.Delivery) ? 1 : 0;
        _trace?.Add($"{Step}: {process} is killed");
        Kill(process, whom / 10);
        _processes[process.Number] = NewProcess(process.Number, process.Clock.Skew);
    }

    /// <summary>What was under way was applied, was not, or is on its way still.</summary>
    private void Kill(SimulatedProcess process, int choice)
    {
        process.Die();
        foreach (var operation in _waiting.FindAll(operation => operation.Process == process))
        {
            var fate = (choice + operation.Number * 7) % 3;
            Take(operation, "dies");
            if (operation is { Changes: true, IsApplied: false } && fate == 1)
            {
                Counts.AppliedAtCrash++;
                Apply(operation);
            }
            else if (operation is { Changes: true, IsApplied: false } && fate == 2)
            {
                _late.Add(operation);
            }

            operation.Fail(new ProcessDiedException());
        }

        foreach (var disk in Disks.Values)
        {
            disk.Crash(process);
        }

        process.Bury();
    }

    private void Apply(Operation operation)
    {
        Log("applied", operation);
        if (operation.Flow == Flows.Run && Disks.TryGetValue(operation.Target.Split(':')[0], out var disk))
        {
            Counts.StaleResumes += disk.PlanChanges >= operation.PlanAtCall + 2 ? 1 : 0;
        }

        operation.Apply();
    }

    private Operation? Pick(int whom)
    {
        var free = _waiting.FindAll(operation => operation.HeldUntil <= Step);
        return free.Count == 0 ? null : free[whom % free.Count];
    }

    private void Take(Operation operation, string why)
    {
        Log(why, operation);
        Counts.Operations++;
        _waiting.Remove(operation);
        if (operation.IsBackground)
        {
            Interlocked.Decrement(ref _background);
        }
    }

    private void Start(Func<SimulatedProcess, Task> action, int whom)
    {
        var process = _processes[whom % _processes.Count];
        Begin(() => action(process));
    }

    private void Begin(Func<Task> action) => _pump.Start(async () =>
    {
        _actors++;
        try
        {
            await action();
        }
        catch (Exception e)
        {
            Violate($"an action failed: {e}");
        }
        finally
        {
            _actors--;
        }
    });

    private SimulatedProcess NewProcess(int number, TimeSpan skew) => new(this, number, ++_lives, skew);

    // Each process has a last digit of its own, so that no two ever name something in the same millisecond.
    private void Tick()
    {
        Step++;
        Now += TimeSpan.FromMilliseconds(ClockTickMilliseconds);
    }

    /// <summary>Lets everybody go on until all wait: for a call, or for work.</summary>
    private void Settle()
    {
        var spin = new SpinWait();
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            _pump.RunAll();
            if (IsAtRest() && _pump.IsEmpty)
            {
                break;
            }

            spin.SpinOnce(sleep1Threshold: -1);
            if (spin.Count % 1000 == 0 && TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new InvalidOperationException("The processes do not come to rest: something waits for what the simulation does not know.");
            }
        }

        lock (_lock)
        {
            // Threads may have raced for their places in the list.
            foreach (var operation in _arrived.OrderBy(operation => operation.SortKey, StringComparer.Ordinal))
            {
                operation.Number = ++_calls;
                _waiting.Add(operation);
                Log("waits", operation);
            }

            _arrived.Clear();
        }
    }

    /// <summary>
    /// Whether everything that works by itself waits for a call. The number of those calls only grows between two choices:
    /// when it stood still while the others were counted, the count is of one moment.
    /// </summary>
    private bool IsAtRest()
    {
        var waiting = Volatile.Read(ref _background);
        var busy = 0;
        foreach (var process in _processes)
        {
            busy += process.IsDead ? 0 : process.Busy;
        }

        return busy == waiting && waiting == Volatile.Read(ref _background);
    }

    private void Log(string what, Operation operation) =>
        _trace?.Add(string.Create(CultureInfo.InvariantCulture, $"{Step}: {what}: {operation}"));
}
