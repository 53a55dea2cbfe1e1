using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Archive;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Archive.ArchiveScene;

namespace Trailgate.Tests.Archive;

public class ArchiveServiceTests
{
    private readonly ArchiveScene _scene = new();

    [Fact]
    public async Task It_runs_at_the_times_of_the_schedule_survives_a_failure_and_stops()
    {
        using var service = new ArchiveService(
            new Archiver([_scene.Archiver()]), Microsoft.Extensions.Options.Options.Create(_scene.Options), _scene.Time, NullLogger<ArchiveService>.Instance);
        await _scene.PutBatchAsync(1, Event("a"));
        await service.StartAsync(CancellationToken.None);
        await WaitingAsync();
        _scene.Time.Advance(TimeSpan.FromMinutes(4.99));
        Assert.Empty(_scene.Segments());

        _scene.Store.Before = _ => throw new StorageException("down");
        _scene.Time.Advance(TimeSpan.FromMinutes(0.01));
        await WaitingAsync();
        Assert.Equal(["archive: the storage fails"], _scene.Alerts);

        _scene.Store.Before = null;
        _scene.Time.Advance(TimeSpan.FromMinutes(5));
        await WaitingAsync();
        Assert.Single(_scene.Segments());

        await service.StopAsync(CancellationToken.None);
        Assert.True(service.ExecuteTask!.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_stop_in_the_middle_of_a_run_ends_the_service_and_leaves_the_plan_open()
    {
        using var service = new ArchiveService(
            new Archiver([_scene.Archiver()]), Microsoft.Extensions.Options.Options.Create(_scene.Options), _scene.Time, NullLogger<ArchiveService>.Instance);
        await _scene.PutBatchAsync(1, Event("a"));
        var stopping = new TaskCompletionSource();
        _scene.Store.After = call =>
        {
            if (call.Operation == BlobOperation.Replace && !stopping.Task.IsCompleted)
            {
                stopping.SetResult();
                service.StopAsync(new CancellationToken(canceled: true)).GetAwaiter().GetResult();
            }
        };
        await service.StartAsync(CancellationToken.None);
        await WaitingAsync();

        _scene.Time.Advance(TimeSpan.FromMinutes(5));
        await stopping.Task;
        await service.ExecuteTask!;

        Assert.Equal(PlanState.Open, PlanJson.Read(_scene.Bytes(Containers.Inbox, "plan.json"))!.State);
        Assert.Empty(_scene.Alerts);
        await _scene.RunAsync();
        Assert.Equal([Event("a")], _scene.ArchivedLines());
    }

    /// <summary>The service is a task of its own: this gives way until it waits for its next time.</summary>
    private async Task WaitingAsync()
    {
        while (_scene.Time.PendingTimers == 0)
        {
            await Task.Yield();
        }
    }
}
