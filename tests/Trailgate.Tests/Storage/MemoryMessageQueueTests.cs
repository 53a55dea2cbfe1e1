using Trailgate.Storage;

namespace Trailgate.Tests.Storage;

public sealed class MemoryMessageQueueTests : MessageQueueContract
{
    private readonly MemoryMessageQueue _queue;

    public MemoryMessageQueueTests() => _queue = new MemoryMessageQueue(Time);

    protected override IMessageQueue Queue => _queue;

    [Fact]
    public async Task A_fault_after_a_send_leaves_the_message_there()
    {
        _queue.After = call =>
        {
            if (call is { Operation: QueueOperation.Send, Number: 1 })
            {
                throw new StorageException("injected");
            }
        };

        await Assert.ThrowsAsync<StorageException>(() => _queue.SendAsync(new byte[] { 7 }, TimeSpan.Zero, CancellationToken.None));

        Assert.Equal(7, Assert.Single(_queue.Bodies).Span[0]);
    }
}
