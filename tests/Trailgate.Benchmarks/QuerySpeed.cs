using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Query.Facets;
using Trailgate.Storage;

namespace Trailgate.Benchmarks;

/// <summary>
/// Queries over an archive of 90 days, each by readers that remember nothing, as in a process that starts now; the files are in the page
/// cache. Beside them one that reads and parses every event of the same archive.
/// </summary>
internal sealed class QuerySpeed(TimeProvider time, int thousands, int rounds, string? dataParent)
{
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var directory = Path.Combine(dataParent ?? Path.GetTempPath(), $"trailgate-query-{Environment.ProcessId}");
        try
        {
            Console.WriteLine(Machine.Describe());
            var store = new FileBlobStore(directory);
            var start = time.GetTimestamp();
            var requests = await new QueryArchive(store).MakeAsync(thousands, cancellationToken);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"made in {time.GetElapsedTime(start).TotalSeconds:F0} s"));
            await CompareAsync(store, requests, cancellationToken);
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static IEnumerable<(string Name, EventQuery Query)> Queries(int requests) =>
    [
        ("one correlationId", new EventQuery { CorrelationId = QueryArchive.Correlation(requests / 3) }),
        ("one target.id, newest 100", new EventQuery { Target = new TargetFilter(QueryArchive.Project(77)) }),
        ("failures of one initiator, newest 100", new EventQuery { Initiator = new ActionPattern(QueryArchive.Person(7)), Outcome = Outcome.Failure }),
        ("failures of one initiator, newest 1,000", new EventQuery { Initiator = new ActionPattern(QueryArchive.Person(7)), Outcome = Outcome.Failure, Limit = 1000 }),
        ("one action over 90 days, by day", new EventQuery { Action = new ActionPattern("codeengine.secret.delete"), Limit = 0, Facets = new HashSet<Facet> { Facet.Time } }),
        ("one action, newest 100", new EventQuery { Action = new ActionPattern("codeengine.secret.delete") }),
        ("newest 100", new EventQuery()),
        ("all facets over 90 days", new EventQuery { Limit = 0, Facets = Enum.GetValues<Facet>().ToHashSet() }),
    ];

    private async Task CompareAsync(FileBlobStore store, int requests, CancellationToken cancellationToken)
    {
        var (segments, bytes) = Sizes(store, Containers.Archive, "*.ndjson.gz");
        var (files, indexBytes) = Sizes(store, Containers.Index, "*.idx");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{thousands * 1000:N0} events in {segments:N0} segments, {bytes / 1e6:F1} MB stored; index: {files:N0} files, {indexBytes / 1e6:F1} MB"));
        var table = new Table(("query", -40), ("cold, ms", 10), ("again, ms", 10), ("blobs", 8), ("bytes", 12), ("of archive", 11), ("events", 8));
        table.WriteTitles();
        foreach (var (name, query) in Queries(requests))
        {
            var colds = new List<TimeSpan>();
            var agains = new List<TimeSpan>();
            EventPage? page = null;
            for (var round = 0; round < rounds; round++)
            {
                var search = SearchOver(store);
                (var cold, page) = await TimeAsync(search, query, cancellationToken);
                colds.Add(cold);
                agains.Add((await TimeAsync(search, query, cancellationToken)).Elapsed);
            }

            table.Write(
                name, Table.Milliseconds(Median(colds)), Table.Milliseconds(Median(agains)), page!.Read.Blobs, page.Read.Bytes, // not null: there is a round
                Share(page.Read.Bytes, bytes), page.Facets?.Events ?? page.Lines.Count);
        }

        // A text that no event has: every line is looked at.
        var (scan, found) = await TimeAsync(SearchOver(store), new EventQuery { Text = new TextFilter("no event says so") }, cancellationToken);
        table.Write("full scan", Table.Milliseconds(scan), "", found.Read.Blobs, found.Read.Bytes, Share(found.Read.Bytes, bytes), (long)found.Lines.Count);
    }

    private async Task<(TimeSpan Elapsed, EventPage Page)> TimeAsync(EventSearch search, EventQuery query, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var page = await search.FindAsync(query, cancellationToken);
        return (time.GetElapsedTime(start), page);
    }

    private static EventSearch SearchOver(FileBlobStore store) => new(
        new StoreReaders([new StoreReader(new Store(Store.DefaultName, store), NullLogger<InboxReader>.Instance)], NullLogger<StoreReaders>.Instance),
        NullLogger<EventSearch>.Instance);

    private static (int Files, long Bytes) Sizes(FileBlobStore store, string container, string pattern)
    {
        var files = Directory.GetFiles(Path.Combine(store.Root, container), pattern, SearchOption.AllDirectories);
        return (files.Length, files.Sum(static path => new FileInfo(path).Length));
    }

    private static TimeSpan Median(List<TimeSpan> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }

    private static string Share(long part, long whole) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:F2} %");
}
