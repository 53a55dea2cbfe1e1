using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query.Index;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// Goes through the archive of one store day by day in the order asked for, as long as something can still matter: the index
/// says what to read of a day. The farther it has to go, the more days are looked up at once.
/// </summary>
internal sealed class ArchiveSearch(StoreReader reader, EventQuery query, Action<ArchiveDamagedException> report)
{
    private const int MaxDaysAtOnce = 32;
    private const int FilesAtOnce = 8;

    private readonly IndexQuery _asked = new(query);

    /// <summary>Finds everything of the archive that matters.</summary>
    /// <exception cref="ArchiveDamagedException">The newest note can not be read.</exception>
    /// <exception cref="WrongIndexException">What was found so far can not be relied on; that file is refused now.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task RunAsync(SearchResults results, CancellationToken cancellationToken)
    {
        Func<IndexedMember, bool>? canCount = results.HasFacets ? member => results.CanCount(member.Hour) : null;
        await foreach (var part in PartsAsync(day => results.CanUse(day.From, day.To), canCount, results.Add, cancellationToken))
        {
            if (!results.Needs(part))
            {
                continue;
            }

            results.BeginSource(isInbox: false, part.IsCounted);
            try
            {
                await reader.Parts.ReadAsync(part, results.Offer, cancellationToken);
            }
            catch (ArchiveDamagedException e)
            {
                report(e);
            }
        }
    }

    /// <summary>The parts of the archive that can hold what is asked for, in its order.</summary>
    public IAsyncEnumerable<ArchivePart> PartsAsync(CancellationToken cancellationToken) =>
        PartsAsync(static _ => true, canCount: null, static _ => { }, cancellationToken);

    private async IAsyncEnumerable<ArchivePart> PartsAsync(
        Func<ArchiveDay, bool> matters, Func<IndexedMember, bool>? canCount, Action<DayCounts> count,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Those that a cursor has left behind come first in the order asked for. Only behind one that matters is another that
        // does not the sign that a page is full of what the rest can not beat.
        var days = (await reader.Catalog.FindDaysAsync(query, report, cancellationToken)).SkipWhile(day => !matters(day)).ToList();
        for (var (next, width) = (0, 1); next < days.Count && matters(days[next]); next += width, width = Math.Min(2 * width, MaxDaysAtOnce))
        {
            var some = days.Skip(next).Take(width).Where(matters).ToList();
            var matches = await FindAsync([.. some.SelectMany(static day => day.Indexed)], canCount, cancellationToken);
            foreach (var day in some)
            {
                var found = day.Indexed.SelectMany(known => matches[known]).ToList();
                foreach (var counts in found.Select(static match => match.Counts).OfType<DayCounts>())
                {
                    count(counts);
                }

                foreach (var part in Ordered(found.SelectMany(static match => match.Parts).Concat(day.Segments.Select(static segment => new ArchivePart.Whole(segment)))))
                {
                    yield return part;
                }
            }
        }
    }

    private IEnumerable<ArchivePart> Ordered(IEnumerable<ArchivePart> parts) =>
        query.Order == EventOrder.Oldest ? parts.OrderBy(static part => part.MinTime) : parts.OrderByDescending(static part => part.MaxTime);

    private async Task<IReadOnlyDictionary<RegionDay, IReadOnlyList<DayMatch>>> FindAsync(
        IReadOnlyList<RegionDay> days, Func<IndexedMember, bool>? canCount, CancellationToken cancellationToken)
    {
        var matches = new ConcurrentDictionary<(Region, IndexedDay), DayMatch?>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(days.SelectMany(static day => day.Files.Select(file => (day.Region, File: file))), options, async (file, token) =>
            matches[file] = await FindInFileAsync(file.Region, file.File, canCount, token));

        var found = new Dictionary<RegionDay, IReadOnlyList<DayMatch>>();
        foreach (var day in days)
        {
            // What one file has, the manifests do not tell from what the day's others have.
            List<DayMatch> known = [.. day.Files.Select(file => matches[(day.Region, file)]).OfType<DayMatch>()];
            found[day] = known.Count == day.Files.Count ? known : [await FindInManifestsAsync(day, cancellationToken)];
        }

        return found;
    }

    /// <summary>Null when the file is not to be believed.</summary>
    private async Task<DayMatch?> FindInFileAsync(Region region, IndexedDay file, Func<IndexedMember, bool>? canCount, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.Indexes.OpenAsync(region, file, cancellationToken) is { } opened
                ? await DaySearch.FindAsync(opened, _asked, canCount, cancellationToken)
                : null;
        }
        catch (InvalidDataException)
        {
            reader.Indexes.Refuse(region, file);
            return null;
        }
    }

    // The manifests know as much; it takes reading all of them.
    private async Task<DayMatch> FindInManifestsAsync(RegionDay day, CancellationToken cancellationToken)
    {
        var segments = new List<ArchivePart>();
        await foreach (var segment in reader.Catalog.SegmentsAsync(day.Region, 1, day.Sequence, report, cancellationToken))
        {
            if (segment.MinTime.Hour.Date == day.Date && query.Wants(segment.MinTime, segment.MaxTime))
            {
                segments.Add(new ArchivePart.Whole(segment));
            }
        }

        return new DayMatch(segments, Counts: null);
    }
}
