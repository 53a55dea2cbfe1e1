using Trailgate.Storage;

namespace Trailgate.Tests.Model;

/// <summary>The messages that really are in the queue, and the clock that they become visible by.</summary>
internal sealed class SimulatedQueue(Simulation simulation)
{
    private readonly List<Entry> _entries = [];
    private int _last;

    public int Count => _entries.Count;

    public void Add(byte[] body, TimeSpan delay) => _entries.Add(new Entry($"m{++_last}", body, simulation.Now + delay));

    public List<QueueMessage> Take(int most, TimeSpan lease)
    {
        var taken = _entries.Where(entry => entry.VisibleAt <= simulation.Now).OrderBy(entry => entry.VisibleAt).Take(most).ToList();
        if (simulation.Defect == Defect.MessageGoneWhenReceived)
        {
            _entries.RemoveAll(taken.Contains);
        }

        return taken.ConvertAll(entry =>
        {
            entry.VisibleAt = simulation.Now + lease;
            entry.Receipt = $"r{++_last}";
            entry.Taken++;
            return new QueueMessage(entry.Id, entry.Receipt, entry.Body, entry.Taken);
        });
    }

    public bool Remove(QueueMessage message) => _entries.RemoveAll(entry => entry.Id == message.Id && entry.Receipt == message.Receipt) > 0;

    private sealed class Entry(string id, byte[] body, DateTimeOffset visibleAt)
    {
        public string Id => id;

        public byte[] Body => body;

        public DateTimeOffset VisibleAt { get; set; } = visibleAt;

        public string Receipt { get; set; } = "";

        public int Taken { get; set; }
    }
}

/// <summary>How one process sees the queue.</summary>
internal sealed class SimulatedQueueClient(SimulatedQueue queue, SimulatedProcess process, Simulation simulation) : IMessageQueue
{
    public Task SendAsync(ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellationToken)
    {
        var bytes = body.ToArray();
        return CallAsync(OperationKind.Send, () =>
        {
            queue.Add(bytes, delay);
            return null;
        });
    }

    public async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(int maxMessages, TimeSpan lease, CancellationToken cancellationToken) =>
        (List<QueueMessage>)(await CallAsync(OperationKind.Receive, () => queue.Take(maxMessages, lease)))!;

    public async Task<bool> DeleteAsync(QueueMessage message, CancellationToken cancellationToken) =>
        (bool)(await CallAsync(OperationKind.Remove, () => queue.Remove(message)))!;

    public async Task<int> CountAsync(CancellationToken cancellationToken) => (int)(await CallAsync(OperationKind.Count, () => queue.Count))!;

    private Task<object?> CallAsync(OperationKind kind, Func<object?> apply) => simulation.CallAsync(process, kind, "queue", apply, planAtCall: 0);
}
