using Trailgate.Archive;
using Trailgate.Events;

namespace Trailgate.Verify;

/// <summary>What each run put into the quarantine, as its manifests say, by region.</summary>
internal sealed class QuarantineCounts
{
    private readonly Dictionary<Guid, Dictionary<Region, long>> _runs = [];

    /// <summary>The runs that quarantined something.</summary>
    public int Count => _runs.Count;

    public void Add(Manifest manifest)
    {
        if (manifest.Counts.Quarantined <= 0)
        {
            return;
        }

        if (!_runs.TryGetValue(manifest.RunId, out var regions))
        {
            _runs.Add(manifest.RunId, regions = []);
        }

        regions[manifest.Region] = regions.GetValueOrDefault(manifest.Region) + manifest.Counts.Quarantined;
    }

    /// <summary>Takes what a run says; null when no manifest is of that run or it quarantined nothing.</summary>
    public IReadOnlyDictionary<Region, long>? Take(Guid run) => _runs.Remove(run, out var regions) ? regions : null;
}
