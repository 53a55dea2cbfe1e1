using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Trailgate.Archive;
using Trailgate.Benchmarks.Load;
using Trailgate.Events;
using Trailgate.Hashing;
using Trailgate.Normalize;
using Trailgate.Signing;
using Trailgate.Storage;

namespace Trailgate.Benchmarks;

/// <summary>Makes an archive by the product's own normalizer and archive runs, spread over six regions and eight hours.</summary>
/// <param name="store">Where.</param>
/// <param name="eventsPerBatch">How many events each batch of the inbox has.</param>
internal sealed class VerifyArchive(FileBlobStore store, int eventsPerBatch = 5_000)
{
    private const int Hours = 8;

    private readonly EventNormalizer _normalizer = new(new NameTraits([]), new RedactionSettings(), new RegionTable([]), maxDepth: 64);
    private readonly Reception _reception = new("ibm", EventTime.From(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero)));
    private readonly MemoryStream _lines = new();
    private readonly MerkleTree _tree = new();
    private readonly Dictionary<Region, BatchCounts> _counts = [];
    private int _count;

    /// <summary>Makes it; how long the archive runs took.</summary>
    public async Task<TimeSpan> MakeAsync(int thousands, CancellationToken cancellationToken)
    {
        Fill(thousands * 1000);
        var archiver = new StoreArchiver(
            new Store(Store.DefaultName, store), TimeProvider.System, Options.Create(new ArchiveOptions()), SigningKeys.None,
            new ArchiveHooks((_, _, _) => Task.CompletedTask, (_, _, _) => Task.CompletedTask), NullLogger<StoreArchiver>.Instance);
        var start = TimeProvider.System.GetTimestamp();
        await archiver.RunAsync(cancellationToken);
        return TimeProvider.System.GetElapsedTime(start);
    }

    /// <summary>Fills the inbox alone.</summary>
    public void Fill(int total)
    {
        var deck = new CodeEngineEvents().Deck(1).ConvertAll(static json => (Json: json, Slots: EventSlots.Find(json, 0)));
        for (var i = 0; i < total; i++)
        {
            Add(deck[i % deck.Count].Json, deck[i % deck.Count].Slots, i, total);
            if (_count == eventsPerBatch || i == total - 1)
            {
                Commit(i);
            }
        }
    }

    private void Add(byte[] json, EventSlots slots, int number, int total)
    {
        var seconds = (int)(number * (Hours * 3600L) / total);
        var time = string.Create(CultureInfo.InvariantCulture, $"2026-11-22T{seconds / 3600:D2}:{seconds / 60 % 60:D2}:{seconds % 60:D2}.{number % 100:D2}");
        slots.Fill(json, (ulong)number, Encoding.ASCII.GetBytes(time));
        var scanner = new JsonScanner(json);
        var result = _normalizer.Normalize(ref scanner, _reception);
        if (result.Reason is { } reason)
        {
            throw new InvalidDataException($"An event of the load is no event: {reason}");
        }

        _lines.Write(result.Line);
        _lines.WriteByte((byte)'\n');
        _counts[result.Event.Region] = new BatchCounts(_counts.GetValueOrDefault(result.Event.Region).Received + 1, 0);
        _count++;
    }

    // Not by way of the store: it waits for the disk, and none of this need outlive a loss of power.
    private void Commit(int number)
    {
        _tree.Clear();
        _tree.AppendLines(_lines.GetBuffer().AsSpan(0, (int)_lines.Length));
        var trailer = new BatchTrailer(_count, _tree.ToRoot(), _counts);
        _lines.Write(trailer.ToLine());
        _lines.WriteByte((byte)'\n');
        var folder = Directory.CreateDirectory(Path.Combine(store.Root, Containers.Inbox, $"{BatchName.Prefix}2026-11-22/12")).FullName;
        File.WriteAllBytes(Path.Combine(folder, $"{new Guid(number, 0, 0, new byte[8])}.ndjson"), _lines.ToArray());
        _lines.SetLength(0);
        _counts.Clear();
        _count = 0;
    }
}
