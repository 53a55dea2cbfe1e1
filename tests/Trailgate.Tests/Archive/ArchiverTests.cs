using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Archive;
using Trailgate.Storage;
using static Trailgate.Tests.Archive.ArchiveScene;

namespace Trailgate.Tests.Archive;

/// <summary>Runs over several stores.</summary>
public sealed class ArchiverTests
{
    private readonly ArchiveScene _default = new();
    private readonly ArchiveScene _eu = new();
    private readonly Archiver _archiver;

    public ArchiverTests() => _archiver = new Archiver([Of("default", _default), Of("eu", _eu)]);

    [Fact]
    public async Task Each_store_gets_a_run_of_its_own()
    {
        await _default.PutBatchAsync(1, Event("a"));
        await _eu.PutBatchAsync(1, Event("b", region: "eu-de"), Event("a"));

        var done = await _archiver.RunAsync(CancellationToken.None);

        Assert.Equal((2, new ArchiveCounts(3, 3, 0, 0)), (done.Batches, done.Counts));
        Assert.Equal([Event("a")], _default.ArchivedLines());
        Assert.Equal([Event("b", region: "eu-de"), Event("a")], _eu.ArchivedLines());
    }

    [Fact]
    public async Task The_ledger_of_another_store_has_an_origin_of_its_own()
    {
        await _default.PutBatchAsync(1, Event("a"));
        await _eu.PutBatchAsync(1, Event("b"));

        await _archiver.RunAsync(CancellationToken.None);

        Assert.StartsWith("trailgate\n1\n", _default.Text(Containers.Ledger, "0000000001.note"), StringComparison.Ordinal);
        Assert.StartsWith("trailgate/eu\n1\n", _eu.Text(Containers.Ledger, "0000000001.note"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_fails_keeps_no_other_from_its_run_and_is_named_at_the_end()
    {
        await _default.PutBatchAsync(1, Event("a"));
        await _eu.PutBatchAsync(1, Event("b"));
        _default.Store.Before = _ => throw new StorageException("It is away.");

        var failed = await Assert.ThrowsAsync<ArchiveFailedException>(() => _archiver.RunAsync(CancellationToken.None));

        Assert.Equal("default", Assert.Single(failed.Failures).Store);
        Assert.Equal("The archive run of the store 'default' failed: It is away.", failed.Message);
        Assert.Equal(1, failed.Done.Batches);
        Assert.Equal([Event("b")], _eu.ArchivedLines());
    }

    [Fact]
    public async Task A_stop_ends_it_and_is_no_failure()
    {
        await _eu.PutBatchAsync(1, Event("b"));
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _archiver.RunAsync(stop.Token));

        Assert.Empty(_eu.Segments());
    }

    private static StoreArchiver Of(string name, ArchiveScene scene) => new(
        new Store(name, scene.Store), scene.Time, Microsoft.Extensions.Options.Options.Create(scene.Options),
        new ArchiveHooks((_, _, _) => Task.CompletedTask, (_, _, _) => Task.CompletedTask),
        NullLogger<StoreArchiver>.Instance);
}
