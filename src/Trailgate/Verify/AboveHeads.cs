using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>
/// What lies above the heads that the last note names. A run that was stopped leaves segments and manifests of the one
/// sequence that comes next, and its batches are in the inbox still. Everything else means that notes were taken away.
/// </summary>
internal sealed class AboveHeads(VerifyScope scope)
{
    private readonly SortedDictionary<Region, Found> _regions = [];

    public void AddManifest(Region region, long sequence, string path) => Of(region).Add(sequence, path, isManifest: true);

    public void AddSegment(Region region, long sequence, string path) => Of(region).Add(sequence, path, isManifest: false);

    /// <summary>Judges it all, when everything was listed.</summary>
    /// <param name="ledger">What the ledger says.</param>
    /// <param name="inbox">What the inbox says.</param>
    /// <param name="cut">The ledger's end is missing: called with the reason.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task JudgeAsync(LedgerView ledger, InboxView inbox, Func<string, Finding> cut, CancellationToken cancellationToken)
    {
        if (_regions.Count == 0)
        {
            return;
        }

        // Runs may have gone on meanwhile: what their notes cover now is simply newer.
        var newer = await ReadNewerAsync(ledger, cancellationToken);
        var leftOver = 0L;
        foreach (var (region, found) in _regions)
        {
            var chain = ledger.Regions.GetValueOrDefault(region);
            var head = chain?.Head ?? 0;
            var manifest = found.ManifestPath is { } path ? await ReadNextAsync(path, cancellationToken) : null;
            if ((chain?.Vanished ?? chain?.BadHead ?? chain?.BreakAt(head) ?? ledger.BrokenEnd ?? ledger.Uncovered) is { } finding)
            {
                found.FollowTo(finding);
            }
            else if (newer is not null)
            {
                TellNewer(found);
            }
            else if (found.Highest > head + 1)
            {
                found.FollowTo(cut($"{(found.IsManifest ? "manifest" : "segment")} {found.Highest} of {region} is there, and the last note names {head}"));
            }
            else if (manifest is null ? found.ManifestPath is not null : !Continues(manifest, region, chain))
            {
                scope.Findings.Add(FindingCodes.ObjectUnlisted, new BlobName(Containers.Archive, found.ManifestPath ?? ""), "no note names it, and it is not the manifest that a run would write next");
            }
            else if (manifest is not null && await LostBatchAsync(manifest, inbox, cancellationToken) is { } batch)
            {
                // A run deletes its batches behind its note, and may have done both since the look for one.
                if ((newer = await ReadNewerAsync(ledger, cancellationToken)) is not null)
                {
                    TellNewer(found);
                    continue;
                }

                found.FollowTo(cut($"manifest {found.Highest} of {region} is there and no note names it, though its batch {batch} was deleted, as batches are after the note"));
            }
            else if (!inbox.IsSettled(ledger.LastSequence))
            {
                leftOver += found.Count;
            }
            else if (await IsUnderWayAsync(ledger, cancellationToken))
            {
                TellNewer(found);
            }
            else
            {
                foreach (var unlisted in found.Paths)
                {
                    scope.Findings.Add(
                        unlisted == found.ManifestPath ? FindingCodes.ObjectUnlisted : FindingCodes.SegmentUnlisted,
                        new BlobName(Containers.Archive, unlisted), "no manifest or note lists it, and no run is under way");
                }
            }
        }

        if (leftOver > 0)
        {
            scope.Findings.Remark(RemarkCodes.LeftOver, "segments and manifests of a run that was stopped before its note", leftOver);
        }
    }

    private void TellNewer(Found found) =>
        scope.Findings.Remark(RemarkCodes.Newer, "objects were written by runs while this check was under way", found.Count);

    /// <summary>Whether a run has begun since the plan was read: it writes its plan before anything else.</summary>
    private async Task<bool> IsUnderWayAsync(LedgerView ledger, CancellationToken cancellationToken) =>
        await InboxCheck.PlanNowAsync(scope, cancellationToken) is { Plan: { } plan } && !new InboxView(plan).IsSettled(ledger.LastSequence);

    private Found Of(Region region)
    {
        if (!_regions.TryGetValue(region, out var found))
        {
            _regions.Add(region, found = new Found());
        }

        return found;
    }

    private async Task<LedgerNote?> ReadNewerAsync(LedgerView ledger, CancellationToken cancellationToken) =>
        await scope.ReadAsync(ArchiveNames.Note(ledger.LastSequence + 1), LedgerCheck.MaxNoteBytes, cancellationToken) is { } bytes
            ? LedgerNote.Read(bytes.Span)
            : null;

    private async Task<Manifest?> ReadNextAsync(string path, CancellationToken cancellationToken) =>
        await scope.ReadAsync(new BlobName(Containers.Archive, path), ManifestCheck.MaxManifestBytes, cancellationToken) is { } bytes ? ManifestJson.Read(bytes) : null;

    private static bool Continues(Manifest? manifest, Region region, RegionChain? chain) =>
        manifest is not null && manifest.Region == region && manifest.Sequence == (chain?.Head ?? 0) + 1 && manifest.Previous == chain?.HeadSha256?.ToString();

    private async Task<string?> LostBatchAsync(Manifest manifest, InboxView inbox, CancellationToken cancellationToken)
    {
        if (!inbox.IsThere)
        {
            return null;
        }

        foreach (var batch in manifest.Batches.Where(static batch => BlobName.IsValidPath(batch.Name)))
        {
            if (!await scope.Blobs.ExistsAsync(new BlobName(Containers.Inbox, batch.Name), cancellationToken))
            {
                return batch.Name;
            }
        }

        return null;
    }

    private sealed class Found
    {
        private readonly List<string> _paths = [];

        public IReadOnlyList<string> Paths => _paths;
        public long Count { get; private set; }
        public long Highest { get; private set; }
        public bool IsManifest { get; private set; }

        /// <summary>The highest manifest.</summary>
        public string? ManifestPath { get; private set; }

        public void Add(long sequence, string path, bool isManifest)
        {
            Count++;
            if (_paths.Count < Findings.MaxKept)
            {
                _paths.Add(path);
            }

            if (sequence >= Highest)
            {
                (Highest, IsManifest) = (sequence, isManifest);
            }

            if (isManifest)
            {
                ManifestPath = path; // they are listed in their order
            }
        }

        public void FollowTo(Finding finding) => _paths.ForEach(path => finding.Follow(new BlobName(Containers.Archive, path).ToString()));
    }
}
