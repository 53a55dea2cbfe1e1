using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Query.Index;
using Trailgate.Storage;
using Trailgate.Tests.Archive;
using Trailgate.Tests.Storage;
using Trailgate.Verify;
using static Trailgate.Tests.Verify.EvidenceScene;

namespace Trailgate.Tests.Verify;

/// <summary>A check of a store that is in use: whatever a run does meanwhile, and however far it comes, nothing is blamed.</summary>
public sealed class LiveStoreTests
{
    // How many calls of the check later the run goes on to its end, and the index is made; never for the first.
    private static readonly int[] Pauses = [int.MaxValue, 1, 3];

    [Fact]
    public async Task A_run_that_begins_at_any_call_of_a_check_and_pauses_at_any_of_its_changes_is_no_finding()
    {
        var prepared = await PrepareAsync();
        var whole = new Interleaving(Copy(prepared), begin: 1, pause: int.MaxValue, length: int.MaxValue);
        await whole.VerifyAsync();
        var (calls, changes) = (whole.Calls, whole.Changes);
        Assert.True(calls > 20 && changes > 10, $"{calls} calls, {changes} changes");
        for (var begin = 1; begin <= calls; begin++)
        {
            for (var pause = 1; pause <= changes; pause++)
            {
                foreach (var length in Pauses)
                {
                    var check = new Interleaving(Copy(prepared), begin, pause, length);

                    var report = await check.VerifyAsync();

                    Assert.True(
                        report.Findings.Count == 0,
                        $"begun at call {begin} ({check.BegunAt}), paused before change {pause}, ended {length} calls later: {string.Join("; ", report.Findings)}");
                    calls = Math.Max(calls, check.Calls);
                }
            }
        }
    }

    /// <summary>A ledger of one note; batches of three regions wait, one of them new to the archive.</summary>
    private static async Task<ArchiveScene> PrepareAsync()
    {
        var scene = new ArchiveScene();
        await SendAsync(scene, 1, Event("first", "eu-de", End), Event("second", "us-south", End));
        await Archiver(scene).RunAsync(CancellationToken.None);
        await IndexAsync(scene);
        scene.Time.Advance(TimeSpan.FromMinutes(5));
        await SendAsync(scene, 2, Event("third", "eu-de", End), Event("first", "eu-de", End), Event("fourth", "jp-tok", End));
        await scene.PutBatchAsync(3, ArchiveScene.Quarantined("no action"), await NormalizeAsync(Event("fifth", "us-south", End.AddHours(2), padding: 20_000), scene.Store));
        return scene;
    }

    /// <summary>A scene of the same store at the same time.</summary>
    private static ArchiveScene Copy(ArchiveScene scene)
    {
        var copy = new ArchiveScene { Store = scene.Store.Copy() };
        copy.Time.Advance(scene.Time.GetUtcNow() - copy.Time.GetUtcNow());
        return copy;
    }

    private static Task<IndexSummary> IndexAsync(ArchiveScene scene) =>
        new StoreIndexer(OneStore.Over(scene.Store), NullLogger<StoreIndexer>.Instance).RebuildAsync(CancellationToken.None);

    /// <summary>Runs beside a check, in its calls of the store.</summary>
    private sealed class Interleaving(ArchiveScene scene, int begin, int pause, int length)
    {
        private bool _isRunning;

        public int Calls { get; private set; }
        public int Changes { get; private set; }
        public string BegunAt { get; private set; } = "";

        public async Task<VerifyReport> VerifyAsync()
        {
            scene.Store.Before = OnCall;
            // One at a time, so that calls have an order.
            return await new StoreVerifier(OneStore.Over(scene.Store), scene.Time, new VerifyOptions { Parallelism = 1 }).RunAsync(CancellationToken.None);
        }

        private void OnCall(BlobCall call)
        {
            if (_isRunning)
            {
                if (call.Operation is BlobOperation.Put or BlobOperation.Replace or BlobOperation.Delete && ++Changes == pause)
                {
                    throw new StorageException("stopped");
                }

                return;
            }

            Calls++;
            if (Calls == begin)
            {
                BegunAt = $"{call.Operation} {call.Target}";
                Go();
            }
            else if (length != int.MaxValue && Calls == begin + length)
            {
                Changes = int.MinValue; // never stopped again
                Go();
                Changes = 0;
            }
        }

        private void Go()
        {
            _isRunning = true;
            try
            {
                Archiver(scene).RunAsync(CancellationToken.None).GetAwaiter().GetResult();
                IndexAsync(scene).GetAwaiter().GetResult();
            }
            catch (StorageException) when (Changes == pause)
            {
                // It pauses.
            }

            _isRunning = false;
        }
    }
}
