using Trailgate.Archive;
using Trailgate.Query.Index;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>
/// Makes the index of a region anew, day by day, and compares. Queries believe it, so one that says something else is a finding; one that
/// is missing or behind costs time and is told.
/// </summary>
internal sealed class DayIndexCheck(VerifyScope scope, RegionChain chain, RegionSegments listed)
{
    private const int MaxCatalogBytes = 16 << 20;

    private readonly IndexBlobs _files = new(scope.Blobs);
    private readonly BlobName _catalogName = RegionCatalog.NameOf(chain.Region);

    /// <summary>The paths that the catalog names.</summary>
    public HashSet<string> Named { get; } = [];

    /// <summary>Checks the catalog; hands on the check of each day.</summary>
    /// <exception cref="StorageException">The store could not do it.</exception>
    public async Task RunAsync(Func<Func<CancellationToken, Task>, Task> addAsync, CancellationToken cancellationToken)
    {
        if (await scope.ReadAsync(_catalogName, MaxCatalogBytes, cancellationToken) is not { } bytes)
        {
            // Of a region with fewer manifests no run makes an index yet.
            if (chain.Head >= StoreIndexer.RunStep)
            {
                TellBehind(chain.Head);
            }

            return;
        }

        if (RegionCatalog.Read(bytes.Span, chain.Region) is not { } catalog)
        {
            scope.Findings.Add(FindingCodes.IndexChanged, _catalogName, "this is no catalog of its region");
            return;
        }

        Named.UnionWith(catalog.Days.Select(day => day.NameIn(chain.Region).Path));
        if (catalog.Sequence > chain.Head || chain.IsBroken)
        {
            return; // newer than this check, or of an archive that has its findings
        }

        if (await Sha256OfAsync(catalog.Sequence, cancellationToken) != catalog.Sha256)
        {
            scope.Findings.Add(FindingCodes.IndexChanged, _catalogName, $"it ends in a manifest {catalog.Sequence} that is not the one of the archive");
            return;
        }

        if (catalog.Sequence < chain.Head)
        {
            TellBehind(chain.Head - catalog.Sequence);
        }

        await CompareAsync(catalog, addAsync);
    }

    private void TellBehind(long manifests) =>
        scope.Findings.Remark(RemarkCodes.IndexBehind, "manifests that no index of days knows: queries look them up", manifests);

    private async Task CompareAsync(RegionCatalog catalog, Func<Func<CancellationToken, Task>, Task> addAsync)
    {
        var days = listed.All.Where(segment => segment.Sequence <= catalog.Sequence)
            .GroupBy(static segment => segment.Hour.Date)
            .ToDictionary(static day => day.Key, static day => day.OrderBy(static segment => segment.Sequence).ThenBy(static segment => segment.Path, StringComparer.Ordinal).ToList());
        foreach (var date in days.Keys.Except(catalog.Days.Select(static day => day.Date)))
        {
            scope.Findings.Add(FindingCodes.IndexChanged, _catalogName, $"it has no file of {date:yyyy-MM-dd}, of which there are segments");
        }

        foreach (var day in catalog.Days.GroupBy(static day => day.Date))
        {
            var segments = days.GetValueOrDefault(day.Key) ?? [];
            await addAsync(token => CompareAsync([.. day], segments, token));
        }
    }

    // How many segments a file has is the writer's choice. The last file must have all that are left, and none is skipped.
    private async Task CompareAsync(IndexedDay[] files, List<SegmentFacts> segments, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            if (await ReadAsync(file, cancellationToken) is not { } stored)
            {
                return; // nobody knows which segments it had
            }

            var its = file == files[^1] ? segments : segments[..Math.Min(stored.Segments, segments.Count)];
            segments = segments[its.Count..];
            await CompareAsync(file, stored, its, cancellationToken);
        }
    }

    /// <summary>The content of a file; null, and told, when it can not be read.</summary>
    private async Task<DayContent?> ReadAsync(IndexedDay day, CancellationToken cancellationToken)
    {
        var name = day.NameIn(chain.Region);
        try
        {
            return await DayContent.ReadAsync(await DayFile.OpenAsync(_files, chain.Region, day, cancellationToken), cancellationToken);
        }
        catch (InvalidDataException)
        {
            // Asked behind the reading: a writer takes files away that a newer catalog has replaced, at any moment.
            if (await scope.Blobs.ExistsAsync(name, cancellationToken))
            {
                scope.Findings.Add(FindingCodes.IndexChanged, name, "it is damaged");
            }
            else
            {
                scope.Findings.Remark(RemarkCodes.IndexBehind, "files of the index are missing: queries look up their days without them");
            }

            return null;
        }
    }

    private async Task CompareAsync(IndexedDay day, DayContent stored, List<SegmentFacts> segments, CancellationToken cancellationToken)
    {
        var builder = new DayBuilder(scope.Blobs, chain.Region);
        var expected = new DayContent(chain.Region, day.Date);
        foreach (var segment in segments)
        {
            await builder.AddAsync(expected, DescriptionOf(segment), cancellationToken);
        }

        // Both are written here, for another zlib may have compressed the stored one. A damaged segment has its finding.
        if (!stored.Write().Bytes.AsSpan().SequenceEqual(expected.Write().Bytes) && expected.Members.All(static member => member.Lines > 0))
        {
            scope.Findings.Add(FindingCodes.IndexChanged, day.NameIn(chain.Region), "it does not say of its day what the segments say");
        }
    }

    private static Segment DescriptionOf(SegmentFacts facts) => new()
    {
        Name = facts.Path,
        Sha256 = facts.Sha256.ToString(),
        Bytes = facts.Bytes,
        Lines = facts.Lines,
        UncompressedBytes = facts.UncompressedBytes,
        MinTime = facts.MinTime,
        MaxTime = facts.MaxTime,
        MerkleRoot = facts.MerkleRoot.ToString(),
    };

    private async Task<string?> Sha256OfAsync(long sequence, CancellationToken cancellationToken) =>
        await scope.ReadAsync(ArchiveNames.Manifest(chain.Region, sequence), ManifestCheck.MaxManifestBytes, cancellationToken) is { } bytes
            ? ArchiveReader.Sha256Of(bytes.Span)
            : null;
}
