using Trailgate.Archive;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Archive.ArchiveScene;

namespace Trailgate.Tests.Archive;

/// <summary>A run that dies at any operation of the store, or is overtaken there by another, ends in the same archive.</summary>
public class ArchiveResumeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_at_any_operation_ends_in_the_same_archive(bool applied)
    {
        var (expected, operations) = await UndisturbedAsync(applied);

        for (var n = 1; n <= operations; n++)
        {
            var scene = await SceneAsync();
            Disturb(scene.Store, n, applied, () => throw new StorageException("the process dies here"));
            await Assert.ThrowsAsync<StorageException>(scene.RunAsync);

            await scene.RunAsync();

            Assert.True(expected == scene.Everything(), $"after operation {n} of {operations}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_another_overtakes_at_any_operation_does_no_harm(bool applied)
    {
        var (expected, operations) = await UndisturbedAsync(applied);

        for (var n = 1; n <= operations; n++)
        {
            var scene = await SceneAsync();
            // On the pool, because the test's own context must not be needed while this thread waits.
            Disturb(scene.Store, n, applied, () => Task.Run(scene.RunAsync).GetAwaiter().GetResult());

            await scene.RunAsync();

            Assert.True(expected == scene.Everything(), $"overtaken at operation {n} of {operations}");
            Assert.Empty(scene.Alerts);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_is_cancelled_at_any_operation_is_resumed_and_raises_no_alert(bool applied)
    {
        var (expected, operations) = await UndisturbedAsync(applied);

        for (var n = 1; n <= operations; n++)
        {
            var scene = await SceneAsync();
            using var stop = new CancellationTokenSource();
            Disturb(scene.Store, n, applied, stop.Cancel);
            try
            {
                await scene.Archiver().RunAsync(stop.Token);
            }
            catch (OperationCanceledException)
            {
                // Unless it was too late for that.
            }

            await scene.RunAsync();

            Assert.True(expected == scene.Everything(), $"cancelled at operation {n} of {operations}");
            Assert.Empty(scene.Alerts);
        }
    }

    [Fact]
    public async Task Every_batch_is_caught_up_before_it_is_deleted_wherever_a_run_dies()
    {
        var (_, operations) = await UndisturbedAsync(applied: true);

        for (var n = 1; n <= operations; n++)
        {
            var scene = await SceneAsync();
            Disturb(scene.Store, n, applied: true, () => throw new StorageException("the process dies here"));
            await Assert.ThrowsAsync<StorageException>(scene.RunAsync);
            var deleted = Enumerable.Range(1, 4).Select(BatchPath).Except(scene.Paths(Containers.Inbox));

            Assert.Empty(deleted.Except(scene.CaughtUp));
        }
    }

    /// <summary>Something in the archive, duplicates in and between plans, quarantine, several regions, hours and plans.</summary>
    private static async Task<ArchiveScene> SceneAsync()
    {
        var scene = new ArchiveScene();
        scene.Options.PlanBatches = 2;
        await scene.PutBatchAsync(0, Event("old"), Event("old assumed", "2026-11-22T01:00:00.000Z", assumed: true));
        await scene.RunAsync();
        scene.CaughtUp.Clear();
        await scene.PutBatchAsync(1, Event("old"), Event("a"), Event("a"), Quarantined("q"));
        await scene.PutBatchAsync(2, Event("a"), Event("b", "2026-11-22T06:00:00.000Z"), Event("c", region: "eu-de"));
        await scene.PutBatchAsync(3, Event("b", "2026-11-22T06:00:00.000Z"), Event("old assumed", assumed: true));
        await scene.PutBatchAsync(4, Event("d", region: "eu-de"), Quarantined("q2", "jp-tok"));
        return scene;
    }

    private static async Task<(string Everything, int Operations)> UndisturbedAsync(bool applied)
    {
        var scene = await SceneAsync();
        var operations = 0;
        Disturb(scene.Store, 0, applied, () => { }, () => operations++);
        var done = await scene.RunAsync();
        Assert.Equal((2, 4, new ArchiveCounts(11, 4, 5, 2)), (done.Plans, done.Batches, done.Counts));
        Assert.True(operations > 40);
        Assert.Equal(6, scene.ArchivedLines().Count);
        return (scene.Everything(), operations);
    }

    /// <summary>Does something once, at the n-th operation from now, before or after it is applied.</summary>
    private static void Disturb(MemoryBlobStore store, int n, bool applied, Action action, Action? atEach = null)
    {
        var count = 0;
        void AtCall(BlobCall call)
        {
            atEach?.Invoke();
            if (Interlocked.Increment(ref count) == n)
            {
                action();
            }
        }

        if (applied)
        {
            store.After = AtCall;
        }
        else
        {
            store.Before = AtCall;
        }
    }
}
