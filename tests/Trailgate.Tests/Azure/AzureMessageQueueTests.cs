using System.Text;
using Azure.Storage.Queues;
using Trailgate.Azure;
using Trailgate.Storage;
using Trailgate.Tests.Azurite;
using Trailgate.Tests.Storage;

namespace Trailgate.Tests.Azure;

public sealed class AzureMessageQueueTests : MessageQueueContract, IClassFixture<StoppedClockAzurite>, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly StoppedClockAzurite _azurite;
    private readonly string _connection;
    private readonly AzureMessageQueue _queue;

    public AzureMessageQueueTests(StoppedClockAzurite azurite)
    {
        _azurite = azurite;
        _connection = azurite.TakeConnection();
        _queue = new AzureMessageQueue(AzureAccount.Open(TestAzurite.OptionsOf(_connection)), "alerts");
    }

    protected override IMessageQueue Queue => _queue;

    protected override Task AdvanceAsync(TimeSpan by) => _azurite.AdvanceAsync(by);

    public Task InitializeAsync() => _queue.PrepareAsync(None);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_message_travels_as_Base64_and_never_expires()
    {
        await _queue.SendAsync(Encoding.UTF8.GetBytes("hello"), TimeSpan.Zero, None);

        var client = new QueueClient(_connection, "alerts");
        var stored = (await client.PeekMessagesAsync()).Value.Single();
        Assert.Equal("aGVsbG8=", stored.MessageText);
        Assert.Equal(9999, stored.ExpiresOn!.Value.Year);
    }

    [Fact]
    public async Task A_foreign_message_that_is_no_Base64_is_handed_on_as_it_is_and_spoils_no_other()
    {
        await new QueueClient(_connection, "alerts").SendMessageAsync("not Base64!");
        await _queue.SendAsync(Encoding.UTF8.GetBytes("ours"), TimeSpan.Zero, None);

        var received = await _queue.ReceiveAsync(32, TimeSpan.FromSeconds(30), None);

        Assert.Equal(["not Base64!", "ours"], received.Select(message => Encoding.UTF8.GetString(message.Body.Span)).Order());
    }

    [Fact]
    public async Task A_part_of_a_second_counts_as_a_whole_one()
    {
        await _queue.SendAsync(new byte[1], TimeSpan.FromMilliseconds(1), None);

        await AdvanceAsync(TimeSpan.FromMilliseconds(999));
        Assert.Empty(await _queue.ReceiveAsync(1, TimeSpan.FromSeconds(1.5), None));
        await AdvanceAsync(TimeSpan.FromMilliseconds(1));
        Assert.Single(await _queue.ReceiveAsync(1, TimeSpan.FromSeconds(1.5), None));
        await AdvanceAsync(TimeSpan.FromMilliseconds(1999));
        Assert.Empty(await _queue.ReceiveAsync(1, TimeSpan.FromSeconds(1.5), None));
        await AdvanceAsync(TimeSpan.FromMilliseconds(1));
        Assert.Single(await _queue.ReceiveAsync(1, TimeSpan.FromSeconds(1.5), None));
    }

    [Fact]
    public async Task A_queue_that_is_not_there_is_a_fault_and_not_an_empty_one()
    {
        var unprepared = new AzureMessageQueue(AzureAccount.Open(TestAzurite.OptionsOf(_azurite.TakeConnection())), "alerts");

        var fault = await Assert.ThrowsAsync<StorageException>(() => unprepared.ReceiveAsync(1, TimeSpan.FromSeconds(1), None));
        await Assert.ThrowsAsync<StorageException>(() => unprepared.SendAsync(new byte[1], TimeSpan.Zero, None));
        await Assert.ThrowsAsync<StorageException>(() => unprepared.CountAsync(None));
        Assert.Equal("Cannot receive from the queue alerts: the account answered 404 QueueNotFound", fault.Message);
    }
}
