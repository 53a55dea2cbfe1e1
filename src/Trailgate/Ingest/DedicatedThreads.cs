namespace Trailgate.Ingest;

/// <summary>
/// A queue whose items are worked on by threads of their own. A disk flush blocks its thread, and the thread pool, which
/// answers the requests meanwhile, has no more threads than the machine has cores.
/// </summary>
internal sealed class DedicatedThreads<T> : IDisposable
{
    /// <summary>How often a thread at most lets others run before it takes what there is.</summary>
    private const int MostYields = 50;

    private readonly object _lock = new();
    private readonly Queue<T> _queue = new();
    private readonly Action<Queue<T>, List<T>> _take;
    private readonly Thread[] _threads;
    private readonly Predicate<T>? _isWorthGathering;
    private int _waiting;
    private bool _stopping;

    /// <summary>How many items were taken at once of late.</summary>
    private int _usual;

    /// <param name="name">Names the threads, for debuggers.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="take">Moves at least one item from the queue to the list: what one thread works on at a time.</param>
    /// <param name="makeHandler">Makes the handler of one thread. A handler catches what it throws.</param>
    /// <param name="isWorthGathering">
    /// Whether an item is so small that a thread should wait a moment for as many as it took of late, but only while the
    /// thread pool has work that may bring them: without it every other group under load is a tiny one, of the item that
    /// woke the thread. Null: never.
    /// </param>
    public DedicatedThreads(
        string name, int count, Action<Queue<T>, List<T>> take, Func<Action<List<T>>> makeHandler, Predicate<T>? isWorthGathering = null)
    {
        _take = take;
        _isWorthGathering = isWorthGathering;
        _threads = new Thread[count];
        for (var i = 0; i < count; i++)
        {
            var handler = makeHandler();
            _threads[i] = new Thread(() => WorkUntilStopped(handler)) { IsBackground = true, Name = $"{name} {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>How many threads work, or are about to: 0 when there is nothing left to do.</summary>
    public int Busy
    {
        get
        {
            lock (_lock)
            {
                return _threads.Length - _waiting + Math.Min(_waiting, _queue.Count);
            }
        }
    }

    /// <summary>Adds an item; an idle thread takes it at once, or with others when it gathers.</summary>
    /// <exception cref="InvalidOperationException">The threads were stopped.</exception>
    public void Add(T item)
    {
        lock (_lock)
        {
            if (_stopping)
            {
                throw new InvalidOperationException("It was stopped; nothing is taken any more.");
            }

            _queue.Enqueue(item);
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Works off what was added, and ends the threads.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopping = true;
            Monitor.PulseAll(_lock);
        }

        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void WorkUntilStopped(Action<List<T>> handler)
    {
        List<T> taken = [];
        while (Take(taken))
        {
            handler(taken);
            taken.Clear();
        }
    }

    private bool Take(List<T> taken)
    {
        while (WaitForItem())
        {
            Gather();
            lock (_lock)
            {
                if (_queue.Count > 0) // another thread may have taken them meanwhile
                {
                    _take(_queue, taken);
                    _usual = (_usual + taken.Count) / 2;
                    return true;
                }
            }
        }

        return false;
    }

    // False when they were stopped and nothing is left.
    private bool WaitForItem()
    {
        lock (_lock)
        {
            while (_queue.Count == 0 && !_stopping)
            {
                _waiting++;
                Monitor.Wait(_lock);
                _waiting--;
            }

            return _queue.Count > 0;
        }
    }

    private void Gather()
    {
        for (var i = 0; i < MostYields && IsTinyGroup() && ThreadPool.PendingWorkItemCount > 0; i++)
        {
            Thread.Yield();
        }
    }

    private bool IsTinyGroup()
    {
        lock (_lock)
        {
            return _queue.Count < _usual && _queue.TryPeek(out var first) && _isWorthGathering?.Invoke(first) == true;
        }
    }
}
