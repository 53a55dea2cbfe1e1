using System.Diagnostics.Metrics;
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

    public ArchiverTests() => _archiver = new Archiver([Of("default", _default), Of("eu", _eu)], _default.Metrics, _default.Time);

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

    [Fact]
    public async Task What_runs_did_is_counted_by_store_and_outcome()
    {
        var counted = new Dictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Scope == _default.MeterFactory)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, 1, tags));
        listener.Start();
        await _default.PutBatchAsync(1, Event("a"), Event("a"), Event("b"));
        await _eu.PutBatchAsync(1, Event("c"));
        _eu.Store.Before = _ => throw new StorageException("It is away.");

        await Assert.ThrowsAsync<ArchiveFailedException>(() => _archiver.RunAsync(CancellationToken.None));

        Assert.Equal(2, counted["trailgate.archive.items store=default outcome=archived"]);
        Assert.Equal(1, counted["trailgate.archive.items store=default outcome=duplicate"]);
        Assert.Equal(0, counted["trailgate.archive.items store=default outcome=quarantined"]);
        Assert.Equal(1, counted["trailgate.archive.duration store=default result=done"]);
        Assert.Equal(1, counted["trailgate.archive.duration store=eu result=failed"]);
        Assert.DoesNotContain(counted.Keys, key => key.StartsWith("trailgate.archive.items store=eu", StringComparison.Ordinal));

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = instrument.Name;
            foreach (var tag in tags)
            {
                key += $" {tag.Key}={tag.Value}";
            }

            counted[key] = counted.GetValueOrDefault(key) + value;
        }
    }

    private static StoreArchiver Of(string name, ArchiveScene scene) => new(
        new Store(name, scene.Store), scene.Time, Microsoft.Extensions.Options.Options.Create(scene.Options), scene.Signing,
        new ArchiveHooks((_, _, _) => Task.CompletedTask, (_, _, _) => Task.CompletedTask),
        NullLogger<StoreArchiver>.Instance);
}
