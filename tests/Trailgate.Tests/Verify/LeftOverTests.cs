using Trailgate.Signing;
using Trailgate.Storage;
using Trailgate.Tests.Archive;
using Trailgate.Tests.Storage;
using Trailgate.Verify;
using static Trailgate.Tests.Verify.EvidenceScene;

namespace Trailgate.Tests.Verify;

/// <summary>What runs leave behind when they are stopped is told, and is no finding.</summary>
public class LeftOverTests
{
    [Fact]
    public async Task A_run_that_stops_at_any_write_or_deletion_leaves_no_finding()
    {
        var stops = 0;
        for (var completed = false; !completed; stops++)
        {
            var scene = new ArchiveScene();
            await PrepareAsync(scene);
            completed = await RunUntilAsync(scene, stops + 1);

            var report = await VerifyAsync(scene);

            Assert.True(report.Findings.Count == 0, $"stopped at {stops + 1}: {string.Join("; ", report.Findings)}");
            Assert.All(report.Regions, region => Assert.NotNull(region.Counts));
            // Stopped at its first change there is no plan yet.
            Assert.Equal(!completed && stops > 0, report.Remarks.Any(remark => remark.Code == RemarkCodes.PlanOpen));
        }

        // The plan, three segments with their indexes, the quarantine, two manifests, the note, two batches, the plan again.
        Assert.Equal(14, stops - 1);
    }

    [Fact]
    public async Task What_was_left_behind_is_told()
    {
        var scene = new ArchiveScene();
        await PrepareAsync(scene);
        // Everything up to the note is written.
        scene.Store.Before = call =>
        {
            if (call is { Operation: BlobOperation.Put } && call.Target.StartsWith("ledger/", StringComparison.Ordinal))
            {
                throw new StorageException("stopped");
            }
        };
        await Assert.ThrowsAsync<StorageException>(() => scene.RunAsync());
        scene.Store.Before = null;

        var report = await VerifyAsync(scene);

        Assert.Empty(report.Findings);
        Assert.Contains(report.Remarks, remark => remark is { Code: RemarkCodes.LeftOver, Count: > 3 } && remark.Message.StartsWith("segments and manifests", StringComparison.Ordinal));
        Assert.Contains(report.Remarks, remark => remark.Code == RemarkCodes.LeftOver && remark.Message.StartsWith("quarantine", StringComparison.Ordinal));
        Assert.Equal(5, report.Regions.Sum(region => region.InFlight));
    }

    [Fact]
    public async Task A_copy_without_the_inbox_may_hold_what_a_stopped_run_left()
    {
        var scene = new ArchiveScene();
        await PrepareAsync(scene);
        await RunUntilAsync(scene, 8);
        foreach (var path in scene.Paths(Containers.Inbox))
        {
            await scene.Store.DeleteAsync(new BlobName(Containers.Inbox, path), CancellationToken.None);
        }

        Assert.Empty((await VerifyAsync(scene)).Findings);
    }

    [Fact]
    public async Task Overflow_that_no_event_names_is_told()
    {
        var archive = await CopyAsync();
        await NormalizeAsync(Event("never committed", "eu-de", End, padding: 20_000), archive.Store);

        var report = await archive.VerifyAsync();

        Assert.Empty(report.Findings);
        Assert.Equal(RemarkCodes.LeftOver, Assert.Single(report.Remarks).Code);
    }

    [Fact]
    public async Task A_quarantine_that_was_deleted_is_told()
    {
        var archive = await CopyAsync();
        foreach (var path in archive.Paths(Containers.Quarantine))
        {
            await archive.DeleteAsync(Containers.Quarantine, path);
        }

        var report = await archive.VerifyAsync();

        Assert.Empty(report.Findings);
        Assert.Equal(new Remark(RemarkCodes.QuarantineGone, "runs whose quarantine was deleted", 3), Assert.Single(report.Remarks));
    }

    [Fact]
    public async Task A_signature_line_that_was_added_to_the_last_note_is_told_and_not_taken_for_another_ledger()
    {
        var archive = await CopyAsync();
        var head = $"17:{ArchiveScene.Hash(archive.Read(Containers.Ledger, DamagedArchive.NotePath(17)))}";
        using var other = SigningKey.Create("trailgate");
        await archive.AddSignatureAsync(17, other);
        await archive.ForgetInboxAsync();

        var report = await archive.VerifyAsync();

        Assert.Empty(report.Findings);
        Assert.Equal((RemarkCodes.OtherSignature, 1), (Assert.Single(report.Remarks).Code, report.Remarks[0].Count));
        archive.Options = archive.Options with { Head = KnownHead.Parse(head) };
        Assert.Contains("signature lines that were added", Assert.Single((await archive.VerifyAsync()).Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_came_back_and_was_consumed_again_is_told()
    {
        var scene = new ArchiveScene();
        await SendAsync(scene, 1, Event("first", "eu-de", End));
        var batch = scene.Bytes(Containers.Inbox, ArchiveScene.BatchPath(1)).ToArray();
        await scene.RunAsync();
        await scene.PutAsync(ArchiveScene.BatchPath(1), batch);
        await scene.RunAsync();

        var report = await VerifyAsync(scene);

        Assert.Empty(report.Findings);
        Assert.Equal(RemarkCodes.BatchAgain, Assert.Single(report.Remarks).Code);
        Assert.Equal(new Trailgate.Archive.ArchiveCounts(Received: 2, Archived: 1, Duplicate: 1, Quarantined: 0), Assert.Single(report.Regions).Counts);
    }

    [Fact]
    public async Task An_index_that_was_deleted_is_no_finding()
    {
        var archive = await CopyAsync();
        foreach (var path in archive.Paths(Containers.Index))
        {
            await archive.DeleteAsync(Containers.Index, path);
        }

        Assert.Empty((await archive.VerifyAsync()).Findings);
    }

    [Fact]
    public async Task What_runs_write_during_a_check_is_newer_and_no_finding()
    {
        var scene = new ArchiveScene();
        await PrepareAsync(scene);
        var started = false;
        scene.Store.Before = call =>
        {
            // When the archive is listed, the ledger was read.
            if (!started && call is { Operation: BlobOperation.List, Target: "archive/" })
            {
                started = true;
                Archiver(scene).RunAsync(CancellationToken.None).GetAwaiter().GetResult();
                SendAsync(scene, 90, Event("again", "eu-de", End)).GetAwaiter().GetResult();
                Archiver(scene).RunAsync(CancellationToken.None).GetAwaiter().GetResult();
            }
        };

        var report = await VerifyAsync(scene);

        Assert.True(started);
        Assert.Empty(report.Findings);
        Assert.Contains(report.Remarks, remark => remark.Code == RemarkCodes.Newer);
    }

    /// <summary>One run is done, and batches wait for the next.</summary>
    private static async Task PrepareAsync(ArchiveScene scene)
    {
        await SendAsync(scene, 1, Event("first", "eu-de", End));
        await scene.RunAsync();
        scene.Time.Advance(TimeSpan.FromMinutes(5));
        await SendAsync(scene, 2, Event("second", "eu-de", End), Event("first", "eu-de", End), Event("third", "us-south", End.AddHours(2)));
        await scene.PutBatchAsync(3, ArchiveScene.Quarantined("no action"), await NormalizeAsync(Event("fourth", "us-south", End), scene.Store));
    }

    /// <summary>Runs until the so-many-th change of the store; false when it was stopped there.</summary>
    private static async Task<bool> RunUntilAsync(ArchiveScene scene, int change)
    {
        var changes = 0;
        scene.Store.Before = call =>
        {
            if (call.Operation is BlobOperation.Put or BlobOperation.Replace or BlobOperation.Delete && ++changes == change)
            {
                throw new StorageException("stopped");
            }
        };
        try
        {
            await scene.RunAsync();
            return true;
        }
        catch (StorageException)
        {
            return false;
        }
        finally
        {
            scene.Store.Before = null;
        }
    }

    private static Task<VerifyReport> VerifyAsync(ArchiveScene scene) =>
        new StoreVerifier(OneStore.Over(scene.Store), scene.Time, new VerifyOptions()).RunAsync(CancellationToken.None);
}
