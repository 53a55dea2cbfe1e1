using Trailgate.Storage;

namespace Trailgate.Tests.Storage;

/// <summary>What a call of the queue does.</summary>
public enum QueueOperation
{
    Send,
    Receive,
    Delete,
    Count,
}

/// <summary>One call of the queue.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Number">1 for the first call of this operation on the queue, 2 for the second.</param>
public readonly record struct QueueCall(QueueOperation Operation, int Number);

/// <summary>A queue in memory, as exact as the contract tests ask, that tests make fail through <see cref="Before"/> and <see cref="After"/>.</summary>
public sealed class MemoryMessageQueue(TimeProvider time) : IMessageQueue
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private readonly int[] _calls = new int[Enum.GetValues<QueueOperation>().Length];

    /// <summary>Called before an operation; what it throws comes out of the call, and nothing was applied.</summary>
    public Action<QueueCall>? Before { get; set; }

    /// <summary>Called when an operation was applied; what it throws comes out of the call all the same, like a lost answer.</summary>
    public Action<QueueCall>? After { get; set; }

    /// <summary>The bodies of all messages, invisible ones included, in the order of sending.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Bodies
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries.Select(entry => (ReadOnlyMemory<byte>)entry.Body)];
            }
        }
    }

    public Task SendAsync(ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellationToken)
    {
        if (body.Length > IMessageQueue.MaxBodyBytes)
        {
            throw new ArgumentException($"A message has at most {IMessageQueue.MaxBodyBytes} bytes, not {body.Length}.", nameof(body));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, TimeSpan.FromDays(7));
        return Run(QueueOperation.Send, () =>
        {
            _entries.Add(new Entry(Guid.NewGuid().ToString("N"), body.ToArray(), time.GetUtcNow() + delay));
            return true;
        }, cancellationToken);
    }

    public Task<IReadOnlyList<QueueMessage>> ReceiveAsync(int maxMessages, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMessages, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxMessages, 32);
        ArgumentOutOfRangeException.ThrowIfLessThan(lease, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lease, TimeSpan.FromDays(7));
        return Run<IReadOnlyList<QueueMessage>>(QueueOperation.Receive, () =>
        {
            var now = time.GetUtcNow();
            var taken = _entries.Where(entry => entry.VisibleAt <= now).OrderBy(entry => entry.VisibleAt).Take(maxMessages).ToList();
            return [.. taken.Select(entry => entry.Lease(now + lease))];
        }, cancellationToken);
    }

    public Task<bool> DeleteAsync(QueueMessage message, CancellationToken cancellationToken) =>
        Run(QueueOperation.Delete, () =>
            _entries.RemoveAll(entry => entry.Id == message.Id && entry.Receipt == message.Receipt) > 0, cancellationToken);

    public Task<int> CountAsync(CancellationToken cancellationToken) =>
        Run(QueueOperation.Count, () => _entries.Count, cancellationToken);

    private Task<T> Run<T>(QueueOperation operation, Func<T> apply, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            var call = new QueueCall(operation, Interlocked.Increment(ref _calls[(int)operation]));
            Before?.Invoke(call);
            T result;
            lock (_gate)
            {
                result = apply();
            }

            After?.Invoke(call);
            return Task.FromResult(result);
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }

    private sealed class Entry(string id, byte[] body, DateTimeOffset visibleAt)
    {
        private int _dequeueCount;

        public string Id => id;

        public byte[] Body => body;

        public DateTimeOffset VisibleAt { get; private set; } = visibleAt;

        public string? Receipt { get; private set; }

        public QueueMessage Lease(DateTimeOffset until)
        {
            VisibleAt = until;
            Receipt = Guid.NewGuid().ToString("N");
            return new QueueMessage(id, Receipt, body, ++_dequeueCount);
        }
    }
}
