using System.Globalization;
using System.Text.Json;

namespace Trailgate.EndToEnd.Tests.Evidence;

/// <summary>
/// What stands in a data directory after its last archive run, read from the formats alone and with none of the product's
/// code: chains, hashes, counts, order and places are checked while it is read.
/// </summary>
internal sealed class StoredArchive
{
    private readonly string _data;
    private readonly List<ArchivedLine> _lines = [];
    private readonly Dictionary<string, List<string>> _manifestHashes = [];

    private StoredArchive(string data) => _data = data;

    /// <summary>The events of all regions.</summary>
    public IReadOnlyList<ArchivedLine> Lines => _lines;

    /// <summary>The sum of the counts of all manifests.</summary>
    public Counts Counts { get; private set; }

    /// <summary>Lines in the quarantine.</summary>
    public int Quarantined { get; private set; }

    /// <summary>Reads everything. Fails the test at the first thing that is not as the formats say.</summary>
    public static StoredArchive Read(string data)
    {
        var archive = new StoredArchive(data);
        archive.ReadRegions();
        archive.ReadLedger();
        archive.ReadQuarantine();
        archive.CheckNothingWaits();
        return archive;
    }

    private void ReadRegions()
    {
        var root = Path.Combine(_data, "archive");
        foreach (var folder in Directory.EnumerateDirectories(root, "region=*").Order(StringComparer.Ordinal))
        {
            var region = Path.GetFileName(folder)["region=".Length..];
            var reader = new StoredRegion(root, region);
            var counts = reader.Read();

            // Once in its region, not only in its hour.
            Assert.Equal(reader.Lines.Count, reader.Lines.Select(line => line.Id).Distinct(StringComparer.Ordinal).Count());
            _lines.AddRange(reader.Lines);
            _manifestHashes[region] = reader.ManifestHashes;
            Counts += counts;
        }
    }

    /// <summary>Each note names the one before it and the heads of all regions so far; the last one names the last of all.</summary>
    private void ReadLedger()
    {
        var previous = "none";
        var heads = new Dictionary<string, int>();
        var files = Directory.GetFiles(Path.Combine(_data, "ledger"), "*.note").Order(StringComparer.Ordinal).ToList();
        for (var sequence = 1; sequence <= files.Count; sequence++)
        {
            var bytes = File.ReadAllBytes(files[sequence - 1]);
            var text = System.Text.Encoding.UTF8.GetString(bytes);
            var lines = text[..text.IndexOf("\n\n", StringComparison.Ordinal)].Split('\n');

            Assert.Equal($"{sequence:D10}.note", Path.GetFileName(files[sequence - 1]));
            Assert.Equal(sequence.ToString(CultureInfo.InvariantCulture), lines[1]);
            Assert.Equal(previous, lines[3]);
            var named = lines[4..].Select(line => line.Split(' ')).ToDictionary(words => words[0], words => (Sequence: int.Parse(words[1], CultureInfo.InvariantCulture), Sha256: words[2]));
            Assert.Equal(named.Keys.Order(StringComparer.Ordinal), lines[4..].Select(line => line.Split(' ')[0]));
            foreach (var (region, head) in named)
            {
                Assert.Equal(_manifestHashes[region][head.Sequence - 1], head.Sha256);
            }

            // A region neither vanishes nor goes back; one plan adds one manifest a region.
            foreach (var (region, before) in heads)
            {
                Assert.InRange(named[region].Sequence, before, before + 1);
            }

            heads = named.ToDictionary(pair => pair.Key, pair => pair.Value.Sequence);
            previous = Hash.Hex(bytes);
        }

        Assert.Equal(
            _manifestHashes.ToDictionary(pair => pair.Key, pair => pair.Value.Count).OrderBy(pair => pair.Key, StringComparer.Ordinal),
            heads.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    private void ReadQuarantine()
    {
        var folder = Path.Combine(_data, "quarantine");
        if (Directory.Exists(folder))
        {
            Quarantined = Directory.EnumerateFiles(folder, "*.ndjson", SearchOption.AllDirectories).Sum(file => File.ReadLines(file).Count());
        }

        Assert.Equal(Counts.Quarantined, Quarantined);
    }

    private void CheckNothingWaits()
    {
        var batches = Path.Combine(_data, "inbox", "batches");
        Assert.Empty(Directory.Exists(batches) ? Directory.GetFiles(batches, "*", SearchOption.AllDirectories) : []);
        using var plan = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_data, "inbox", "plan.json")));
        Assert.Equal("done", plan.RootElement.GetProperty("state").GetString());
    }
}
