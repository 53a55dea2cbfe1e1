using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Archive.ArchiveScene;

namespace Trailgate.Tests.Archive;

public class ArchiveDamageTests
{
    private readonly ArchiveScene _scene = new();

    public static TheoryData<string, string> DamagedBatches()
    {
        var whole = Encoding.UTF8.GetString(Batch(Event("x"), Event("y"), Quarantined("q")));
        var counted = Batch(Event("x"), Event("y"));
        var noEvent = """{"neither":"event","region":"us-south"}""";
        return new TheoryData<string, string>
        {
            { "cut off", whole[..^20] },
            { "without its trailer", Event("x") + "\n" },
            { "changed in a line", whole.Replace("delete", "create", StringComparison.Ordinal) },
            { "empty", "" },
            { "with a line that is no event", Encoding.UTF8.GetString(Batch(Event("x"), noEvent)) },
            { "whose trailer counts another region", Encoding.UTF8.GetString(counted).Replace("\"us-south\":{\"received\":2", "\"eu-de\":{\"received\":2", StringComparison.Ordinal) },
            { "whose trailer counts more", Encoding.UTF8.GetString(counted).Replace("\"received\":2", "\"received\":3", StringComparison.Ordinal) },
            { "whose trailer counts quarantined items", Encoding.UTF8.GetString(counted).Replace("\"quarantined\":0", "\"quarantined\":1", StringComparison.Ordinal) },
        };
    }

    [Theory]
    [MemberData(nameof(DamagedBatches))]
    public async Task A_damaged_batch_stays_is_reported_and_blocks_no_other(string what, string content)
    {
        await _scene.PutBatchAsync(1, Event("a"));
        await _scene.PutAsync(BatchPath(2), Encoding.UTF8.GetBytes(content));
        await _scene.PutBatchAsync(3, Event("b"));

        var done = await _scene.RunAsync();

        Assert.True(done is { Batches: 2, Damaged: 1, Counts.Archived: 2 }, what);
        Assert.Equal([BatchPath(2), "plan.json"], _scene.Paths(Containers.Inbox));
        Assert.Equal([$"archive: damaged batch {BatchPath(2)}"], _scene.Alerts);
    }

    [Fact]
    public async Task A_batch_that_changes_after_the_plan_is_left_out_by_changing_the_plan()
    {
        await _scene.PutBatchAsync(1, Event("a"));
        await _scene.PutBatchAsync(2, Event("b"));
        await PlanAloneAsync();
        Overwrite(2, Batch(Event("forged")));

        var done = await _scene.RunAsync();

        Assert.Equal([Event("a")], _scene.ArchivedLines());
        Assert.True(done is { Batches: 1, Damaged: 1 });
        Assert.Equal([$"archive: damaged batch {BatchPath(2)}"], _scene.Alerts);
        Assert.Equal([BatchPath(1)], PlanJson.Read(_scene.Bytes(Containers.Inbox, "plan.json"))!.Batches.Select(batch => batch.Name));
    }

    [Fact]
    public async Task A_batch_that_changes_under_the_run_that_planned_it_is_archived_as_it_was()
    {
        await _scene.PutBatchAsync(1, Event("a"));
        AfterThePlan(() => Overwrite(1, Batch(Event("forged"))));

        await _scene.RunAsync();

        Assert.Equal([Event("a")], _scene.ArchivedLines());
        Assert.Empty(_scene.Alerts);
    }

    [Fact]
    public async Task A_batch_that_somebody_took_away_after_the_plan_is_reported_and_the_others_are_archived()
    {
        await _scene.PutBatchAsync(1, Event("a"));
        await _scene.PutBatchAsync(2, Event("b"));
        await PlanAloneAsync();
        await _scene.Store.DeleteAsync(new BlobName(Containers.Inbox, BatchPath(1)), CancellationToken.None);

        await _scene.RunAsync();

        Assert.Equal([Event("b")], _scene.ArchivedLines());
        Assert.Equal([$"archive: damaged batch {BatchPath(1)}"], _scene.Alerts);
    }

    [Fact]
    public async Task A_batch_that_came_back_after_it_was_archived_and_goes_again_is_left_out_and_nothing_is_reported()
    {
        var other = Event("other", region: "eu-de");
        await _scene.PutBatchAsync(1, Event("a"));
        await _scene.PutBatchAsync(2, other);
        await _scene.RunAsync();
        // The store repeats the put of the first, whose answer was lost, and a run that slept deletes it once more.
        await _scene.PutBatchAsync(1, Event("a"));
        await _scene.PutBatchAsync(3, Event("b"));
        await PlanAloneAsync();
        await _scene.Store.DeleteAsync(new BlobName(Containers.Inbox, BatchPath(1)), CancellationToken.None);

        var done = await _scene.RunAsync();

        Assert.Equal(new ArchiveSummary(1, 1, 1, new ArchiveCounts(1, 1, 0, 0), 0), done);
        Assert.Equal(new[] { Event("a"), other, Event("b") }.Order(), _scene.ArchivedLines().Order());
        Assert.Empty(_scene.Alerts);
    }

    [Fact]
    public async Task A_run_that_slept_before_it_deletes_leaves_what_came_since()
    {
        await _scene.PutBatchAsync(1, Event("a"));
        var batch = _scene.Bytes(Containers.Inbox, BatchPath(1)).ToArray();
        var slept = false;
        _scene.Store.After = call =>
        {
            if (!slept && call.Operation == BlobOperation.Put && call.Target.StartsWith("ledger/", StringComparison.Ordinal))
            {
                slept = true;
                Task.Run(_scene.RunAsync).GetAwaiter().GetResult();
                _scene.PutAsync(BatchPath(1), batch).GetAwaiter().GetResult();
            }
        };

        await _scene.Archiver().RunAsync(CancellationToken.None);

        Assert.True(slept);
        Assert.Equal([BatchPath(1), "plan.json"], _scene.Paths(Containers.Inbox));
    }

    [Fact]
    public async Task A_plan_of_which_a_part_is_committed_is_not_changed()
    {
        await _scene.PutBatchAsync(1, Event("a", region: "eu-de"));
        await _scene.PutBatchAsync(2, Event("b"));
        DieAt(BlobOperation.Put, "archive/region=us-south/manifests/");
        await Assert.ThrowsAsync<StorageException>(_scene.RunAsync);
        var batch = _scene.Bytes(Containers.Inbox, BatchPath(2)).ToArray();
        Overwrite(2, Batch(Event("forged")));

        var failure = await Assert.ThrowsAsync<ArchiveDamagedException>(_scene.RunAsync);

        Assert.Equal(BatchPath(2), failure.Blob.Path);
        Overwrite(2, batch);
        await _scene.RunAsync();
        Assert.Equal([Event("a", region: "eu-de"), Event("b")], _scene.ArchivedLines());
    }

    [Fact]
    public async Task A_run_that_died_while_deleting_is_completed_and_reported_in_full()
    {
        await _scene.PutBatchAsync(1, Event("a"), Quarantined("q"));
        await _scene.PutBatchAsync(2, Event("a"));
        DieAt(BlobOperation.Delete, $"inbox/{BatchPath(2)}");
        await Assert.ThrowsAsync<StorageException>(_scene.RunAsync);
        Assert.Equal([BatchPath(2), "plan.json"], _scene.Paths(Containers.Inbox));

        var done = await _scene.RunAsync();

        Assert.Equal(new ArchiveSummary(1, 2, 1, new ArchiveCounts(3, 1, 1, 1), 0), done);
        Assert.Equal(["plan.json"], _scene.Paths(Containers.Inbox));
    }

    [Theory]
    [InlineData("archive", "region=us-south/manifests/0000000001.json")]
    [InlineData("ledger", "0000000001.note")]
    public async Task What_stands_where_a_run_must_write_is_left_and_reported(string container, string path)
    {
        await _scene.PutBatchAsync(1, Event("a"));
        var foreign = new BlobName(container, path);
        // Written while the run is on its way: a ledger that is there before would be taken for the head of the chain.
        AfterThePlan(() => _scene.Store.PutAsync(foreign, "someone else's"u8.ToArray(), CancellationToken.None).GetAwaiter().GetResult());

        await Assert.ThrowsAnyAsync<Exception>(_scene.RunAsync);

        Assert.Equal("someone else's", _scene.Text(container, path));
        Assert.Contains(BatchPath(1), _scene.Paths(Containers.Inbox));
        Assert.Contains(path, Assert.Single(_scene.Alerts), StringComparison.Ordinal);
        Assert.Single(_scene.Alerts.Distinct());
    }

    [Fact]
    public async Task A_manifest_with_another_content_is_a_conflict()
    {
        await _scene.PutBatchAsync(1, Event("a"));
        AfterThePlan(() => _scene.Store.PutAsync(
            ArchiveNames.Manifest(Region.TryParse("us-south".AsSpan(), out var region) ? region : default, 1), "{}"u8.ToArray(), CancellationToken.None).GetAwaiter().GetResult());

        var conflict = await Assert.ThrowsAsync<ArchiveConflictException>(_scene.RunAsync);
        await Assert.ThrowsAsync<ArchiveConflictException>(_scene.RunAsync);

        Assert.Equal("region=us-south/manifests/0000000001.json", conflict.Blob.Path);
        Assert.Single(_scene.Alerts.Distinct());
    }

    [Fact]
    public async Task A_segment_by_another_zlib_stands_and_the_manifest_describes_its_bytes()
    {
        await _scene.PutBatchAsync(1, Event("a"));
        var lines = Encoding.UTF8.GetBytes(Event("a") + "\n");
        var path = $"region=us-south/date=2026-11-22/hour=05/0000000001-{Hash(lines)[..12]}.ndjson.gz";
        var other = Gzip.Compress(lines, System.IO.Compression.CompressionLevel.NoCompression);
        await _scene.Store.PutAsync(new BlobName(Containers.Archive, path), other, CancellationToken.None);

        await _scene.RunAsync();

        var segment = _scene.Manifest("us-south", 1).Segments.Single();
        Assert.Equal((Hash(other), (long)other.Length, (long)lines.Length), (segment.Sha256, segment.Bytes, segment.UncompressedBytes));
        Assert.Empty(_scene.Alerts);
    }

    [Fact]
    public async Task A_segment_with_other_lines_under_the_same_name_is_a_conflict()
    {
        await _scene.PutBatchAsync(1, Event("a"));
        var path = $"region=us-south/date=2026-11-22/hour=05/0000000001-{Hash(Event("a") + "\n")[..12]}.ndjson.gz";
        await _scene.Store.PutAsync(new BlobName(Containers.Archive, path), Gzip.Compress("else\n"u8), CancellationToken.None);

        await Assert.ThrowsAsync<ArchiveConflictException>(_scene.RunAsync);
    }

    [Fact]
    public async Task A_segment_left_over_by_a_plan_that_was_changed_hides_no_event()
    {
        await _scene.PutBatchAsync(1, Event("a"));
        await _scene.PutBatchAsync(2, Event("b"));
        DieAt(BlobOperation.Put, "archive/region=us-south/manifests/");
        await Assert.ThrowsAsync<StorageException>(_scene.RunAsync);
        var batch = _scene.Bytes(Containers.Inbox, BatchPath(2)).ToArray();
        Overwrite(2, [1, 2, 3]);
        await _scene.RunAsync();
        Overwrite(2, batch);

        var done = await _scene.RunAsync();

        Assert.Equal(new ArchiveCounts(1, 1, 0, 0), done.Counts);
        Assert.Equal([Event("a"), Event("b")], _scene.ArchivedLines());
        Assert.Equal(3, _scene.Segments().Count);
    }

    [Fact]
    public async Task A_failing_store_raises_one_alert_subject_and_is_thrown()
    {
        await _scene.PutBatchAsync(1, Event("a"));
        _scene.Store.Before = call => throw new StorageException("down");

        await Assert.ThrowsAsync<StorageException>(_scene.RunAsync);
        await Assert.ThrowsAsync<StorageException>(_scene.RunAsync);

        Assert.Equal(["archive: the storage fails", "archive: the storage fails"], _scene.Alerts);
    }

    /// <summary>A run that ends when its plan is stored; the next one reads the batches again.</summary>
    private async Task PlanAloneAsync()
    {
        using var stop = new CancellationTokenSource();
        AfterThePlan(stop.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _scene.Archiver().RunAsync(stop.Token));
    }

    private void AfterThePlan(Action action) => _scene.Store.After = call =>
    {
        if (call.Operation == BlobOperation.Replace)
        {
            _scene.Store.After = null;
            action();
        }
    };

    private void DieAt(BlobOperation operation, string target) => _scene.Store.Before = call =>
    {
        if (call.Operation == operation && call.Target.StartsWith(target, StringComparison.Ordinal))
        {
            _scene.Store.Before = null;
            throw new StorageException("the process dies here");
        }
    };

    private void Overwrite(int number, byte[] bytes)
    {
        var name = new BlobName(Containers.Inbox, BatchPath(number));
        _scene.Store.DeleteAsync(name, CancellationToken.None).GetAwaiter().GetResult();
        _scene.Store.PutAsync(name, bytes, CancellationToken.None).GetAwaiter().GetResult();
    }
}
