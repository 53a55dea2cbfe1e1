using Trailgate.Archive;
using Trailgate.Storage;

namespace Trailgate.Query.Index;

/// <summary>Writes the index of one region: files of days first, then the catalog that names them.</summary>
internal sealed class RegionIndexWriter(IBlobStore blobs, ArchiveReader archive, RegionHead head, int rowsPerFile)
{
    private readonly IndexBlobs _files = new(blobs);
    private readonly DayBuilder _builder = new(blobs, head.Region);
    private string? _version;

    public IndexSummary Done { get; private set; }

    /// <summary>The catalog of an index that has nothing.</summary>
    public RegionCatalog Empty => new(head.Region, 0, "", []);

    /// <summary>The catalog that stands; an empty one when there is none, or none of this archive, or all is to be made anew.</summary>
    public async Task<RegionCatalog> OpenAsync(bool anew, CancellationToken cancellationToken)
    {
        var content = await blobs.ReadAsync(RegionCatalog.NameOf(head.Region), cancellationToken);
        _version = content?.Version;
        return !anew
            && content is not null
            && RegionCatalog.Read(content.Bytes.Span, head.Region) is { } catalog
            && catalog.Sequence <= head.Sequence
            && await Sha256OfAsync(catalog.Sequence, cancellationToken) == catalog.Sha256
                ? catalog
                : Empty;
    }

    /// <summary>Adds the manifests that come next, at most so many; null when another writer came first.</summary>
    /// <exception cref="InvalidDataException">The file of a day to which something is to be added is missing or damaged.</exception>
    public async Task<RegionCatalog?> AddAsync(RegionCatalog catalog, int manifests, CancellationToken cancellationToken)
    {
        var days = new SortedDictionary<DateTime, List<Segment>>();
        var (sequence, sha256) = (catalog.Sequence, catalog.Sha256);
        while (sequence < head.Sequence && sequence < catalog.Sequence + manifests)
        {
            (var manifest, sha256) = await archive.ReadManifestAsync(head.Region, ++sequence, cancellationToken);
            foreach (var segment in manifest.Segments)
            {
                var date = segment.MinTime.Hour.Date;
                days.TryAdd(date, []);
                days[date].Add(segment);
            }
        }

        var files = catalog.Days.ToLookup(static day => day.Date);
        var written = new List<IndexedDay>();
        foreach (var date in files.Select(static day => day.Key).Union(days.Keys).Order())
        {
            written.AddRange(days.TryGetValue(date, out var added) ? await AddToDayAsync([.. files[date]], date, added, cancellationToken) : files[date]);
        }

        var next = new RegionCatalog(head.Region, sequence, sha256, written);
        _version = await blobs.ReplaceAsync(RegionCatalog.NameOf(head.Region), next.Write(), _version, cancellationToken);
        if (_version is null)
        {
            return null;
        }

        // Who reads by the old catalog finds a file gone, and looks into the manifests.
        foreach (var replaced in catalog.Days.Where(day => !next.Days.Contains(day)))
        {
            await blobs.DeleteAsync(replaced.NameIn(head.Region), cancellationToken);
        }

        Done = Done.Add(new IndexSummary(0, sequence - catalog.Sequence, days.Values.Sum(static segments => segments.Count), 0, 0)) with { Regions = 1 };
        return next;
    }

    /// <summary>Takes away files that no catalog names: a writer was stopped before its catalog, or came second.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var content = await blobs.ReadAsync(RegionCatalog.NameOf(head.Region), cancellationToken);
        var named = (content is null ? null : RegionCatalog.Read(content.Bytes.Span, head.Region))?.Days.Select(day => day.NameIn(head.Region).Path).ToHashSet() ?? [];
        await foreach (var path in blobs.ListPathsAsync(Containers.Index, $"region={head.Region.Name}/", cancellationToken))
        {
            if (path.EndsWith(IndexedDay.Suffix, StringComparison.Ordinal) && !named.Contains(path))
            {
                await blobs.DeleteAsync(new BlobName(Containers.Index, path), cancellationToken);
            }
        }
    }

    private async Task<IEnumerable<IndexedDay>> AddToDayAsync(IndexedDay[] files, DateTime date, List<Segment> segments, CancellationToken cancellationToken)
    {
        List<IndexedDay> written = [.. files.SkipLast(1)];
        var content = files is [.., var last]
            ? await DayContent.ReadAsync(await DayFile.OpenAsync(_files, head.Region, last, cancellationToken), cancellationToken)
            : new DayContent(head.Region, date);
        foreach (var segment in segments)
        {
            if (content.Rows >= rowsPerFile)
            {
                written.Add(await WriteAsync(content, cancellationToken));
                content = new DayContent(head.Region, date);
            }

            await _builder.AddAsync(content, segment, cancellationToken);
        }

        written.Add(await WriteAsync(content, cancellationToken));
        return written;
    }

    private async Task<IndexedDay> WriteAsync(DayContent content, CancellationToken cancellationToken)
    {
        var (bytes, headerLength) = content.Write();
        var day = new IndexedDay(content.Date, content.Members[^1].Sequence, headerLength, ArchiveReader.Sha256Of(bytes.AsSpan(0, headerLength)));
        if (!await blobs.PutOrCompareAsync(day.NameIn(head.Region), bytes, cancellationToken))
        {
            // The name is that of the content: what else stands there is damaged.
            await blobs.DeleteAsync(day.NameIn(head.Region), cancellationToken);
            await blobs.PutAsync(day.NameIn(head.Region), bytes, cancellationToken);
        }

        Done = Done with { Files = Done.Files + 1, Bytes = Done.Bytes + bytes.Length };
        return day;
    }

    private async Task<string?> Sha256OfAsync(long sequence, CancellationToken cancellationToken) =>
        sequence == head.Sequence ? head.Sha256
        : sequence > 0 ? (await archive.ReadManifestAsync(head.Region, sequence, cancellationToken)).Sha256
        : null;
}
