using System.Diagnostics.Metrics;

namespace Trailgate.Archive;

/// <summary>
/// What archive runs did, for whoever collects it. Counted once for each run and store, where all items pass: ingest pays
/// nothing for it.
/// </summary>
public sealed class ArchiveMetrics
{
    /// <summary>The name by which a collector subscribes.</summary>
    public const string MeterName = "Trailgate";

    private readonly Counter<long> _items;
    private readonly Counter<long> _damaged;
    private readonly Histogram<double> _duration;

    /// <summary>Makes the instruments.</summary>
    public ArchiveMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _items = meter.CreateCounter<long>("trailgate.archive.items", "{item}", "Items that archive runs took from the inbox, by store and by what became of them.");
        _damaged = meter.CreateCounter<long>("trailgate.archive.damaged", "{batch}", "Batches that an archive run could not read and left where they are.");
        _duration = meter.CreateHistogram<double>("trailgate.archive.duration", "s", "How long the archive run of a store took, by how it ended.");
    }

    internal void RunEnded(string store, ArchiveSummary done, TimeSpan elapsed)
    {
        Count(store, "archived", done.Counts.Archived);
        Count(store, "duplicate", done.Counts.Duplicate);
        Count(store, "quarantined", done.Counts.Quarantined);
        _damaged.Add(done.Damaged, KeyValuePair.Create<string, object?>("store", store));
        Measure(store, "done", elapsed);
    }

    internal void RunFailed(string store, TimeSpan elapsed) => Measure(store, "failed", elapsed);

    private void Count(string store, string outcome, long items) => _items.Add(
        items, KeyValuePair.Create<string, object?>("store", store), KeyValuePair.Create<string, object?>("outcome", outcome));

    private void Measure(string store, string result, TimeSpan elapsed) => _duration.Record(
        elapsed.TotalSeconds, KeyValuePair.Create<string, object?>("store", store), KeyValuePair.Create<string, object?>("result", result));
}
