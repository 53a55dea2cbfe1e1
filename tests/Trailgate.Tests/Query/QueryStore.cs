using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Hashing;
using Trailgate.Query;
using Trailgate.Query.Index;
using Trailgate.Signing;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Query;

/// <summary>
/// A store with hand-made batches and archive, and the parts under test on it. Each step of an archive run is a call of
/// its own, so that a test can look between two of them.
/// </summary>
internal sealed class QueryStore
{
    private readonly Dictionary<Region, (long Sequence, string Sha256, ArchiveCounts Totals)> _heads = [];
    private (long Sequence, string Sha256)? _note;
    private StoredPlan? _plan;
    private int _batches;

    public QueryStore()
    {
        Queue = new MemoryMessageQueue(Time);
        Readers = NewReaders();
        Search = new EventSearch(Readers, NullLogger<EventSearch>.Instance);
        Lookup = new EventLookup(Readers);
        Stats = new Stats(Readers, Queue, Time);
        Seals = new NoteSeals(new Stores(OneStore.Over(Blobs)), SigningKeys.None);
    }

    public MemoryBlobStore Blobs { get; } = new();
    public ManualTimeProvider Time { get; } = new();
    public MemoryMessageQueue Queue { get; }
    public StoreReaders Readers { get; }
    public EventSearch Search { get; }
    public EventLookup Lookup { get; }
    public Stats Stats { get; }
    public NoteSeals Seals { get; }

    /// <summary>How many events a gzip member of a segment has.</summary>
    public int LinesPerMember { get; set; } = int.MaxValue;

    /// <summary>From how many events on a file of the index is full.</summary>
    public int RowsPerFile { get; set; } = int.MaxValue;

    /// <summary>Writes the index.</summary>
    public StoreIndexer Indexer => new(OneStore.Over(Blobs), NullLogger<StoreIndexer>.Instance) { RowsPerFile = RowsPerFile };

    /// <summary>Brings the index up to the last note.</summary>
    public Task<IndexSummary> IndexAsync() => Indexer.CatchUpAsync(step: 1, default);

    /// <summary>Readers that remember nothing, like those of a process that starts now.</summary>
    public StoreReaders NewReaders() => NewReaders(Blobs);

    /// <summary>Readers of what stands behind another view of the store.</summary>
    public static StoreReaders NewReaders(IBlobStore blobs) => new(
        [new StoreReader(OneStore.Over(blobs), NullLogger<InboxReader>.Instance)], NullLogger<StoreReaders>.Instance);

    /// <summary>The id that <see cref="Event"/> gives to the event of that number.</summary>
    public static string Id(int number) => number.ToString("x32");

    /// <summary>A normalized line. <paramref name="time"/> is a time of day on 2026-11-22, to the second, or a whole RFC 3339 time.</summary>
    public static string Event(
        int number, string time, string region = "us-south", string action = "codeengine.job.read", string outcome = "success",
        string target = "crn:v1:bluemix:public:codeengine:us-south:a/1:p1::", string? correlation = null, string more = "") =>
        $$$"""{"id":"{{{Id(number)}}}","eventType":"activity","eventTime":"{{{(time.Length == 8 ? $"2026-11-22T{time}.000Z" : time)}}}","action":"{{{action}}}","outcome":"{{{outcome}}}","severity":"normal","target":{"id":"{{{target}}}","name":"x"},{{{(correlation is null ? "" : $"\"correlationId\":\"{correlation}\",")}}}"trailgate":{"schema":1,"region":"{{{region}}}","kind":"read","source":"ibm","receivedAt":"2026-11-22T06:00:00.000Z"{{{more}}}}}""";

    public static string Quarantined(string region) => $$$"""{"quarantined":{"region":"{{{region}}}","reason":"action is missing"}}""";

    public async Task<BlobName> BatchAsync(params string[] lines)
    {
        var text = string.Concat(lines.Select(line => line + "\n"));
        var regions = lines
            .GroupBy(line => RegionOf(line))
            .ToDictionary(group => group.Key, group => new BatchCounts(group.Count(), group.Count(line => line.StartsWith("{\"quarantined\"", StringComparison.Ordinal))));
        var trailer = new BatchTrailer(lines.Length, MerkleRoot.OfLines(text), regions).ToLine();
        return await RawBatchAsync(text + Encoding.UTF8.GetString(trailer) + "\n");
    }

    public async Task<BlobName> RawBatchAsync(string content)
    {
        // One a second, so that names are in the order of the calls.
        var name = BatchName.New(Time.GetUtcNow() - TimeSpan.FromHours(1) + TimeSpan.FromSeconds(_batches++));
        Assert.Equal(PutResult.Created, await Blobs.PutAsync(name, Encoding.UTF8.GetBytes(content), default));
        return name;
    }

    /// <summary>Step 1 of a run: the plan.</summary>
    public async Task PlanAsync(params BlobName[] batches)
    {
        var references = new List<BatchReference>();
        foreach (var batch in batches)
        {
            references.Add(new BatchReference(batch.Path, Hash((await Blobs.ReadAsync(batch, default))!.Bytes.Span)));
        }

        await ReplacePlanAsync(new Plan
        {
            RunId = Guid.NewGuid(),
            Time = Time.GetUtcNow(),
            Origin = "test",
            Batches = references,
            Heads = Heads(),
            Note = _note is { } note ? new NoteHead(note.Sequence, note.Sha256) : null,
        });
    }

    /// <summary>Step 2: a segment for each region and hour, and the manifests. <paramref name="duplicates"/> and
    /// <paramref name="quarantined"/> are counts for the first region, and <paramref name="lost"/> of what was received there
    /// is nowhere.</summary>
    public async Task CommitAsync(string[] events, int duplicates = 0, int quarantined = 0, int lost = 0)
    {
        foreach (var region in events.GroupBy(RegionOf))
        {
            var head = _heads.GetValueOrDefault(region.Key);
            var sequence = head.Sequence + 1;
            var segments = new List<Segment>();
            foreach (var hour in region.GroupBy(line => TimeOf(line).Hour).OrderBy(hour => hour.Key))
            {
                segments.Add(await SegmentAsync(region.Key, hour.Key, sequence, [.. hour.OrderBy(TimeOf).ThenBy(line => line[7..39], StringComparer.Ordinal)]));
            }

            var counts = new ArchiveCounts(region.Count() + duplicates + quarantined + lost, region.Count(), duplicates, quarantined);
            (duplicates, quarantined, lost) = (0, 0, 0);
            var manifest = new Manifest
            {
                Region = region.Key,
                Sequence = sequence,
                RunId = _plan?.Plan.RunId ?? Guid.NewGuid(),
                Time = Time.GetUtcNow(),
                Previous = head.Sha256,
                Segments = segments,
                Batches = _plan?.Plan.Batches ?? [],
                Counts = counts,
                Totals = head.Totals + counts,
            };
            var bytes = ManifestJson.Write(manifest);
            await Blobs.PutAsync(ArchiveNames.Manifest(region.Key, sequence), bytes, default);
            _heads[region.Key] = (sequence, Hash(bytes.Span), manifest.Totals);
        }
    }

    /// <summary>Step 3: the ledger note, which makes the run count. No key signs it unless some are given.</summary>
    public async Task NoteAsync(SigningKeys? signing = null)
    {
        var note = new LedgerNote("test", (_note?.Sequence ?? 0) + 1, Time.GetUtcNow(), _note?.Sha256, Heads());
        var bytes = note.ToBytes(signing ?? SigningKeys.None);
        await Blobs.PutAsync(ArchiveNames.Note(note.Sequence), bytes, default);
        _note = (note.Sequence, Hash(bytes.Span));
    }

    /// <summary>Step 4, for one batch.</summary>
    public async Task DeleteAsync(BlobName batch) => Assert.True(await Blobs.DeleteAsync(batch, default));

    /// <summary>Step 5: the plan is done.</summary>
    public Task DoneAsync() => ReplacePlanAsync(_plan!.Plan with { State = PlanState.Done });

    /// <summary>Steps 2 and 3: events that stand in the archive.</summary>
    public async Task ArchiveAsync(params string[] events)
    {
        await CommitAsync(events);
        await NoteAsync();
    }

    /// <summary>The numbers of the events that a query finds, in its order.</summary>
    public async Task<List<int>> FindAsync(EventQuery query) => Numbers(await Search.FindAsync(query, default));

    public static List<int> Numbers(EventPage page) =>
        [.. page.Lines.Select(line => Convert.ToInt32(Encoding.UTF8.GetString(line.Span[7..39]), 16))];

    /// <summary>The blobs of a container that are opened while something is done, as paths.</summary>
    public async Task<List<string>> OpenedAsync(string container, Func<Task> act)
    {
        var opened = new List<string>();
        Blobs.Before = call =>
        {
            if (call.Operation is BlobOperation.OpenRead or BlobOperation.Read && call.Target.StartsWith(container + "/", StringComparison.Ordinal))
            {
                opened.Add(call.Target[(container.Length + 1)..]);
            }
        };
        await act();
        Blobs.Before = null;
        return opened;
    }

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private async Task<Segment> SegmentAsync(Region region, DateTime hour, long sequence, string[] lines)
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
        using var stored = new MemoryStream();
        foreach (var member in lines.Chunk(LinesPerMember))
        {
            using var gzip = new GZipStream(stored, CompressionLevel.Fastest, leaveOpen: true);
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(member.Select(line => line + "\n"))));
        }

        var tree = new MerkleTree();
        foreach (var line in lines)
        {
            tree.Append(Encoding.UTF8.GetBytes(line));
        }

        var name = ArchiveNames.Segment(region, hour, sequence, Hash(text));
        await Blobs.PutAsync(new BlobName(Containers.Archive, name), stored.ToArray(), default);
        return new Segment
        {
            Name = name,
            Sha256 = Hash(stored.ToArray()),
            Bytes = stored.ToArray().Length,
            Lines = lines.Length,
            UncompressedBytes = text.Length,
            MinTime = TimeOf(lines[0]),
            MaxTime = TimeOf(lines[^1]),
            MerkleRoot = tree.ToRoot(),
        };
    }

    private async Task ReplacePlanAsync(Plan plan) => _plan = await new PlanStore(Blobs).ReplaceAsync(plan, _plan?.Version, default);

    private List<RegionHead> Heads() => [.. _heads.OrderBy(head => head.Key).Select(head => new RegionHead(head.Key, head.Value.Sequence, head.Value.Sha256))];

    private static Region RegionOf(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        return EventLine.TryRead(bytes, out var item) ? item.Region
            : QuarantinedItem.TryReadRegion(bytes, out var region) ? region
            : throw new ArgumentException("Neither an event nor a quarantined item.", nameof(line));
    }

    private static EventTime TimeOf(string line) =>
        EventLine.TryRead(Encoding.UTF8.GetBytes(line), out var item) ? item.Time : throw new ArgumentException("No event.", nameof(line));
}
