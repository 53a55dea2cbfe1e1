using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Tests.Model;

/// <summary>What one store really holds, on the far side of all processes. Applied at once, or not at all.</summary>
internal sealed class SimulatedDisk(string name, Simulation simulation)
{
    private readonly SortedDictionary<BlobName, BlobContent> _blobs = [];
    private readonly Dictionary<BlobName, (SimulatedProcess Process, int SyncedAt)> _volatile = [];
    private readonly HashSet<BlobName> _everBatches = [];
    private long _lastVersion;

    public string Name => name;

    public IReadOnlyDictionary<BlobName, BlobContent> Blobs => _blobs;

    /// <summary>Items in all batches that were ever written here, by their trailers, with those that were written again.</summary>
    public long Received { get; private set; }

    /// <summary>
    /// Those of them that were in batches of the same name before, because a client repeated its request: a run that slept may
    /// have deleted such a batch before it was counted a second time.
    /// </summary>
    public long WrittenAgain { get; private set; }

    /// <summary>How often a plan was put in the place of another.</summary>
    public long PlanChanges { get; private set; }

    public PutResult Put(BlobName blob, byte[] bytes, SimulatedProcess process)
    {
        if (_blobs.ContainsKey(blob))
        {
            simulation.Counts.AlreadyThere++;
            simulation.Counts.CommitsAlreadyThere += blob.Container == Containers.Ledger || blob.Path.Contains("/manifests/", StringComparison.Ordinal) ? 1 : 0;
            return PutResult.AlreadyExists;
        }

        Store(blob, bytes);
        if (blob.Container == Containers.Inbox)
        {
            Received += ItemsOf(bytes);
            WrittenAgain += _everBatches.Add(blob) ? 0 : ItemsOf(bytes);
        }

        Misbehave(blob, process);
        return PutResult.Created;
    }

    public string? Replace(BlobName blob, byte[] bytes, string? expected)
    {
        if (_blobs.GetValueOrDefault(blob)?.Version != expected && simulation.Defect != Defect.SwapThatAlwaysSucceeds)
        {
            simulation.Counts.Conflicts++;
            return null;
        }

        PlanChanges += blob.Container == Containers.Inbox ? 1 : 0;
        return Store(blob, bytes);
    }

    public BlobContent? Read(BlobName blob) => _blobs.GetValueOrDefault(blob);

    public bool Exists(BlobName blob) =>
        _blobs.ContainsKey(blob) || (simulation.Defect == Defect.AlertsNeverCaughtUp && blob.Container == Containers.Alerts);

    public bool Delete(BlobName blob)
    {
        _volatile.Remove(blob);
        return _blobs.Remove(blob);
    }

    /// <summary>The next page of a listing.</summary>
    public List<BlobEntry> List(string container, string prefix, string? after, int most)
    {
        if (simulation.Defect == Defect.SegmentsNotListed && prefix.Contains("/hour=", StringComparison.Ordinal))
        {
            return [];
        }

        var page = new List<BlobEntry>(most);
        foreach (var (blob, content) in _blobs)
        {
            if (blob.Container == container && blob.Path.StartsWith(prefix, StringComparison.Ordinal)
                && (after is null || string.CompareOrdinal(blob.Path, after) > 0))
            {
                page.Add(new BlobEntry(blob, content.Bytes.Length));
                if (page.Count == most)
                {
                    break;
                }
            }
        }

        return page;
    }

    /// <summary>A store that answers before it has synced loses what a process wrote last.</summary>
    public void Crash(SimulatedProcess process)
    {
        foreach (var (blob, written) in _volatile.ToList())
        {
            if (written.Process == process && written.SyncedAt > simulation.Step)
            {
                Received -= ItemsOf(_blobs[blob].Bytes);
                Delete(blob);
            }
        }
    }

    private static long ItemsOf(ReadOnlyMemory<byte> batch) => Batch.Read(batch, out _)!.Trailer.Regions.Values.Sum(counts => counts.Received);

    private string Store(BlobName blob, byte[] bytes)
    {
        var version = $"v{++_lastVersion}";
        _blobs[blob] = new BlobContent(bytes, version);
        return version;
    }

    /// <summary>The ways in which a broken product or store would act, to see that the model finds them.</summary>
    private void Misbehave(BlobName blob, SimulatedProcess process)
    {
        switch (simulation.Defect)
        {
            case Defect.AnswerBeforeSync when blob.Container == Containers.Inbox:
                _volatile[blob] = (process, simulation.Step + 20);
                break;
            case Defect.BatchesDeletedBeforeTheNote when blob.Path.Contains("/manifests/", StringComparison.Ordinal):
                foreach (var batch in Trailgate.Archive.ManifestJson.Read(_blobs[blob].Bytes)!.Batches)
                {
                    _blobs.Remove(new BlobName(Containers.Inbox, batch.Name));
                }

                break;
            case Defect.MarkBeforeMessage when blob.Container == Containers.Alerts && blob.Path.StartsWith("matches/", StringComparison.Ordinal):
                Store(new BlobName(Containers.Alerts, "queued/" + blob.Path["matches/".Length..^".ndjson".Length]), []);
                break;
            default:
                break;
        }
    }
}
