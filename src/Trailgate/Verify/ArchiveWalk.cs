using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query.Index;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>
/// Goes through all that lies in the archive, in the order of its listing, beside what the manifests list: overflow
/// first, then region by region.
/// </summary>
internal sealed class ArchiveWalk(VerifyScope scope, LedgerView ledger, AboveHeads above)
{
    private readonly OverflowIds _overflows = new();
    private readonly HashPool _hashes = new(scope.Options.Parallelism);
    private RegionSegments _listed = new();
    private Region? _region;
    private RegionChain? _chain;
    private int _next;
    private HourGroup? _hour;

    /// <summary>Checks everything.</summary>
    /// <exception cref="StorageException">The store could not do it.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var missing = new MissingOverflows(scope.Findings);
        var pool = new WorkerPool<ArchiveWorker>(
            Math.Max(scope.Options.Parallelism, 1), () => new ArchiveWorker(scope, _overflows, missing, _hashes), cancellationToken);
        try
        {
            await foreach (var path in scope.Blobs.ListPathsAsync(Containers.Archive, "", cancellationToken))
            {
                if (path.StartsWith(OverflowPath.Prefix, StringComparison.Ordinal))
                {
                    await pool.AddAsync(async (worker, token) => scope.Totals.AddOverflow(await worker.Overflow.RunAsync(path, token)));
                }
                else
                {
                    await VisitAsync(path, pool, cancellationToken);
                }
            }

            await EnterAsync(null, pool, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A worker failed; what it failed with comes out of the pool.
        }
        finally
        {
            await pool.DisposeAsync();
        }

        if (_overflows.CountUnused() is > 0 and var unused)
        {
            scope.Findings.Remark(RemarkCodes.LeftOver, "overflow that no archived event names, of events that wait in the inbox, were copies, or never became durable", unused);
        }
    }

    private async Task VisitAsync(string path, WorkerPool<ArchiveWorker> pool, CancellationToken cancellationToken)
    {
        var segment = SegmentPath.Read(path);
        var manifest = segment is null ? ManifestPath.Read(path) : null;
        if ((segment?.Region ?? manifest?.Region) is not { } region)
        {
            scope.Findings.Add(FindingCodes.ObjectUnlisted, new BlobName(Containers.Archive, path), "nothing that is kept in the archive is named so");
            return;
        }

        if (region != _region)
        {
            await EnterAsync(region, pool, cancellationToken);
        }

        if (manifest is { } found)
        {
            if (found.Sequence > (_chain?.Head ?? 0))
            {
                above.AddManifest(region, found.Sequence, path);
            }

            return;
        }

        while (_next < _listed.All.Count && string.CompareOrdinal(_listed.All[_next].Path, path) < 0)
        {
            await QueueAsync(pool);
        }

        if (_next < _listed.All.Count && _listed.All[_next].Path == path)
        {
            await QueueAsync(pool);
        }
        else
        {
            Unlisted(region, segment!.Value.Sequence, path); // not null: it is no manifest
        }
    }

    /// <summary>Segments that are missing are found by asking for them as well.</summary>
    private async Task QueueAsync(WorkerPool<ArchiveWorker> pool)
    {
        var facts = _listed.All[_next];
        if (_hour is not { } group || group.Segments[0].Hour != facts.Hour || group.Segments[0].Region != facts.Region)
        {
            var end = _next + 1;
            while (end < _listed.All.Count && _listed.All[end].Hour == facts.Hour)
            {
                end++;
            }

            _hour = group = new HourGroup([.. _listed.All.Skip(_next).Take(end - _next)]);
        }

        _next++;
        _hashes.Expect();
        await pool.AddAsync((worker, token) => worker.Segment.RunAsync(facts, group, token));
    }

    /// <summary>Leaves a region: what it lists and was not met yet; then reads what the next one lists.</summary>
    private async Task EnterAsync(Region? region, WorkerPool<ArchiveWorker> pool, CancellationToken cancellationToken)
    {
        while (_next < _listed.All.Count)
        {
            await QueueAsync(pool);
        }

        if (_region is null)
        {
            // Events name their overflow, so all of it is known first.
            await pool.DrainAsync();
        }
        else
        {
            var index = _chain is null ? null : new DayIndexCheck(scope, _chain, _listed);
            await (index?.RunAsync(check => pool.AddAsync((_, token) => check(token)), cancellationToken) ?? Task.CompletedTask);
            await CheckIndexNamesAsync(_region.Value, index?.Named ?? [], cancellationToken);
        }

        _region = region;
        _chain = region is { } entered ? ledger.Regions.GetValueOrDefault(entered) : null;
        _listed = _chain is null ? new RegionSegments() : await RegionSegments.ReadAsync(scope, _chain, cancellationToken);
        (_next, _hour) = (0, null);
    }

    private void Unlisted(Region region, long sequence, string path)
    {
        if (sequence > (_chain?.Head ?? 0))
        {
            above.AddSegment(region, sequence, path);
        }
        else if (_chain?.BreakAt(sequence) is { } finding)
        {
            finding.Follow(new BlobName(Containers.Archive, path).ToString());
        }
        else
        {
            scope.Findings.Add(FindingCodes.SegmentUnlisted, new BlobName(Containers.Archive, path), $"manifest {sequence} of {region} does not list it");
        }
    }

    /// <summary>An index is made after its segment, so none is there without one.</summary>
    private async Task CheckIndexNamesAsync(Region region, HashSet<string> named, CancellationToken cancellationToken)
    {
        const string Suffix = ".ids";
        await foreach (var path in scope.Blobs.ListPathsAsync(Containers.Index, $"region={region.Name}/", cancellationToken))
        {
            // A catalog that has not been compared is newer than the ledger that was read, or than the look for it.
            if (named.Contains(path) || path == RegionCatalog.NameOf(region).Path)
            {
                continue;
            }

            if (path.EndsWith(IndexedDay.Suffix, StringComparison.Ordinal))
            {
                scope.Findings.Remark(RemarkCodes.LeftOver, "files of the index that no catalog names, of a run that was stopped or came second");
                continue;
            }

            var segment = path.EndsWith(Suffix, StringComparison.Ordinal) ? string.Concat(path.AsSpan(0, path.Length - Suffix.Length), ArchiveNames.SegmentSuffix) : path;
            var name = new BlobName(Containers.Index, path);
            if (SegmentPath.Read(segment) is not { } parsed)
            {
                scope.Findings.Add(FindingCodes.IndexUnlisted, name, "this is the index of no segment");
            }
            else if (parsed.Sequence > (_chain?.Head ?? 0))
            {
                continue; // its segment is above the heads as well, and judged there
            }
            else if (_chain?.BreakAt(parsed.Sequence) is { } finding)
            {
                finding.Follow(name.ToString());
            }
            else if (!_listed.Contains(segment) && !await scope.Blobs.ExistsAsync(new BlobName(Containers.Archive, segment), cancellationToken))
            {
                scope.Findings.Add(FindingCodes.IndexUnlisted, name, "this is the index of no segment");
            }
        }
    }
}
