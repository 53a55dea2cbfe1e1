using Trailgate.Archive;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>
/// The segments that the manifests of a region list, in the order in which a store lists them. This is what the memory of
/// a check grows with: some 250 bytes for each segment of the largest region.
/// </summary>
internal sealed class RegionSegments
{
    private readonly List<SegmentFacts> _facts = [];

    public IReadOnlyList<SegmentFacts> All => _facts;

    /// <summary>Reads the manifests of a region once more. What does not read as it did before is left out: it has its finding.</summary>
    /// <exception cref="StorageException">The store could not do it.</exception>
    public static async Task<RegionSegments> ReadAsync(VerifyScope scope, RegionChain chain, CancellationToken cancellationToken)
    {
        var segments = new RegionSegments();
        await foreach (var path in scope.Blobs.ListPathsAsync(Containers.Archive, ArchiveNames.ManifestPrefix(chain.Region), cancellationToken))
        {
            var name = new BlobName(Containers.Archive, path);
            if (ManifestPath.Read(path) is not { } found
                || found.Sequence > chain.Head
                || chain.BreakAt(found.Sequence) is not null
                || await scope.ReadAsync(name, ManifestCheck.MaxManifestBytes, cancellationToken) is not { } bytes
                || ManifestJson.Read(bytes) is not { } manifest)
            {
                continue;
            }

            foreach (var segment in manifest.Segments)
            {
                if (SegmentFacts.Read(manifest, segment, out var problem) is { } facts)
                {
                    segments._facts.Add(facts);
                }
                else
                {
                    scope.Findings.Add(FindingCodes.ManifestMalformed, name, $"it lists a segment that can not be one: {problem}");
                }
            }
        }

        segments._facts.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        return segments;
    }

    /// <summary>Whether a manifest lists a segment of that path.</summary>
    public bool Contains(string path)
    {
        var low = 0;
        var high = _facts.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(_facts[middle].Path, path);
            if (order == 0)
            {
                return true;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return false;
    }
}
