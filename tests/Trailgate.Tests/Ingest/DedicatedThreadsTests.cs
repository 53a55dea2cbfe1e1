using System.Collections.Concurrent;
using Trailgate.Ingest;

namespace Trailgate.Tests.Ingest;

public sealed class DedicatedThreadsTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task What_many_add_at_once_is_taken_once_each_also_by_threads_that_gather(int threads)
    {
        var taken = new ConcurrentBag<int>();
        using (var workers = new DedicatedThreads<int>("test", threads, TakeAll, () => items => items.ForEach(taken.Add), static _ => true))
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(adder => Task.Run(() =>
            {
                for (var i = 0; i < 5_000; i++)
                {
                    workers.Add(adder * 5_000 + i);
                }
            })));
        }

        Assert.Equal(Enumerable.Range(0, 40_000), taken.Order());
    }

    [Fact]
    public void A_lone_item_after_large_groups_is_taken_without_waiting_for_more()
    {
        using var entered = new SemaphoreSlim(0);
        using var mayGoOn = new SemaphoreSlim(0);
        var groups = new ConcurrentQueue<int>();
        using var workers = new DedicatedThreads<int>("test", 1, TakeAll, () => items =>
        {
            groups.Enqueue(items.Count);
            entered.Release();
            mayGoOn.Wait(Deadline);
        }, static _ => true);

        workers.Add(0);
        for (var round = 0; round < 3; round++)
        {
            Assert.True(entered.Wait(Deadline));
            for (var i = 0; i < 1_000; i++)
            {
                workers.Add(i);
            }

            mayGoOn.Release();
        }

        Assert.True(entered.Wait(Deadline));
        mayGoOn.Release();
        workers.Add(1);
        Assert.True(entered.Wait(Deadline));
        mayGoOn.Release();

        Assert.Equal([1, 1_000, 1_000, 1_000, 1], groups);
    }

    [Fact]
    public void What_comes_while_a_thread_gathers_is_taken_with_what_woke_it()
    {
        using var entered = new SemaphoreSlim(0);
        using var mayGoOn = new SemaphoreSlim(0);
        var groups = new ConcurrentQueue<int>();
        DedicatedThreads<int>? workers = null;
        workers = new DedicatedThreads<int>("test", 1, TakeAll, () => items =>
        {
            groups.Enqueue(items.Count);
            entered.Release();
            mayGoOn.Wait(Deadline);
        }, item =>
        {
            // Asked between waking up and taking: what is added here came meanwhile.
            if (item == -1)
            {
                workers!.Add(-2); // not null: an item was added to it
            }

            return true;
        });
        using (workers)
        {
            workers.Add(0);
            Assert.True(entered.Wait(Deadline));
            Enumerable.Range(1, 4).ToList().ForEach(workers.Add);
            mayGoOn.Release();
            Assert.True(entered.Wait(Deadline));
            mayGoOn.Release();
            workers.Add(-1);
            Assert.True(entered.Wait(Deadline));
            mayGoOn.Release();
        }

        Assert.Equal([1, 4, 2], groups);
    }

    private static void TakeAll(Queue<int> queue, List<int> taken)
    {
        while (queue.TryDequeue(out var item))
        {
            taken.Add(item);
        }
    }
}
