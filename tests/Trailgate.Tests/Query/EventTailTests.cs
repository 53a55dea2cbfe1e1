using System.Text;
using Trailgate.Query;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Query.QueryStore;

namespace Trailgate.Tests.Query;

public sealed class EventTailTests
{
    private readonly QueryStore _store = new();
    private readonly List<int> _told = [];

    [Fact]
    public async Task What_was_there_before_is_not_told_and_what_comes_is_in_the_order_of_the_batches()
    {
        await _store.ArchiveAsync(Event(1, "05:00:00"));
        await _store.BatchAsync(Event(2, "05:00:00"));
        var tail = new EventTail(_store.Readers, new EventQuery());

        await LookAsync(tail);
        Assert.Empty(_told);

        await _store.BatchAsync(Event(5, "05:09:00"), Event(4, "05:08:00"));
        await _store.BatchAsync(Event(3, "05:00:00"));
        await LookAsync(tail);
        await LookAsync(tail);
        Assert.Equal([5, 4, 3], _told);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_batch_that_was_archived_between_two_looks_is_told_once_and_nothing_old_with_it(bool seenBefore)
    {
        var old = await _store.BatchAsync(Event(1, "05:00:00"));
        var tail = new EventTail(_store.Readers, new EventQuery());
        await LookAsync(tail);
        var batch = await _store.BatchAsync(Event(2, "05:01:00"), Event(3, "06:01:00", "eu-de"));
        if (seenBefore)
        {
            await LookAsync(tail);
        }

        await _store.PlanAsync(old, batch);
        await _store.ArchiveAsync(Event(1, "05:00:00"), Event(2, "05:01:00"), Event(3, "06:01:00", "eu-de"));
        await _store.DeleteAsync(old);
        await _store.DeleteAsync(batch);
        await LookAsync(tail);
        await LookAsync(tail);

        Assert.Equal([2, 3], _told.Order());
    }

    [Fact]
    public async Task A_batch_that_is_archived_while_it_is_looked_for_is_told_once()
    {
        var tail = new EventTail(_store.Readers, new EventQuery());
        await LookAsync(tail);
        var batch = await _store.BatchAsync(Event(1, "05:00:00"));
        await _store.PlanAsync(batch);
        _store.Blobs.Before = call =>
        {
            if (call.Operation == BlobOperation.OpenRead && call.Target.StartsWith("inbox/", StringComparison.Ordinal))
            {
                _store.Blobs.Before = null;
                _store.ArchiveAsync(Event(1, "05:00:00")).GetAwaiter().GetResult();
                _store.DeleteAsync(batch).GetAwaiter().GetResult();
            }
        };

        await LookAsync(tail);
        await LookAsync(tail);

        Assert.Equal([1], _told);
    }

    [Fact]
    public async Task Copies_are_told_once_and_filters_hold()
    {
        var tail = new EventTail(_store.Readers, new EventQuery { Action = new ActionPattern("*.delete") });
        await LookAsync(tail);
        await _store.BatchAsync(Event(1, "05:00:00", action: "a.b.delete"), Event(2, "05:00:00"), Event(1, "05:00:00", action: "a.b.delete"));
        await LookAsync(tail);
        await _store.BatchAsync(Event(1, "05:00:00", action: "a.b.delete"), Event(3, "05:00:00", action: "a.b.delete"));
        await LookAsync(tail);

        Assert.Equal([1, 3], _told);
    }

    [Fact]
    public async Task After_a_store_failed_nothing_is_lost_and_nothing_told_twice()
    {
        var tail = new EventTail(_store.Readers, new EventQuery());
        await LookAsync(tail);
        await _store.BatchAsync(Event(1, "05:00:00"));
        await _store.BatchAsync(Event(2, "05:00:00"));
        var reads = 0;
        _store.Blobs.Before = call =>
        {
            if (call.Operation == BlobOperation.OpenRead && ++reads == 2)
            {
                throw new StorageException("The network is away.");
            }
        };

        await Assert.ThrowsAsync<StorageException>(() => LookAsync(tail));
        _store.Blobs.Before = null;
        await LookAsync(tail);

        Assert.Equal([1, 2], _told);
    }

    private async Task LookAsync(EventTail tail) =>
        Assert.Empty(await tail.LookAsync(line => _told.Add(Convert.ToInt32(Encoding.UTF8.GetString(line[7..39]), 16)), default));
}
