using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Trailgate.EndToEnd.Tests.Evidence;

/// <summary>The manifests of a region from the first to the last, and the segments that they list.</summary>
internal sealed class StoredRegion(string root, string region)
{
    private readonly List<ArchivedLine> _lines = [];
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _consumed = new(StringComparer.Ordinal);

    public IReadOnlyList<ArchivedLine> Lines => _lines;

    /// <summary>SHA-256 of each manifest, in their order.</summary>
    public List<string> ManifestHashes { get; } = [];

    /// <summary>Reads all of it; returns the running totals of its last manifest.</summary>
    public Counts Read()
    {
        var totals = default(Counts);
        foreach (var file in Directory.GetFiles(Path.Combine(root, $"region={region}", "manifests")).Order(StringComparer.Ordinal))
        {
            var sequence = ManifestHashes.Count + 1;
            Assert.Equal($"{sequence:D10}.json", Path.GetFileName(file));
            var bytes = File.ReadAllBytes(file);
            using var manifest = JsonDocument.Parse(bytes);
            totals += ReadManifest(manifest.RootElement, sequence);
            Assert.Equal(totals, Counts.Read(manifest.RootElement.GetProperty("totals")));
            ManifestHashes.Add(Hash.Hex(bytes));
        }

        // All runs are over, and a repetition of a plan writes the same names: nothing else may lie there.
        var segments = Directory.EnumerateFiles(Path.Combine(root, $"region={region}"), "*.gz", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path));
        Assert.Equal(_listed.Order(StringComparer.Ordinal), segments.Order(StringComparer.Ordinal));
        return totals;
    }

    private Counts ReadManifest(JsonElement manifest, int sequence)
    {
        Assert.Equal(region, manifest.GetProperty("region").GetString());
        Assert.Equal(sequence, manifest.GetProperty("sequence").GetInt32());
        Assert.Equal(sequence == 1 ? null : ManifestHashes[^1], manifest.GetProperty("previous").GetString());
        foreach (var batch in manifest.GetProperty("batches").EnumerateArray())
        {
            Assert.True(_consumed.Add(batch.GetProperty("name").GetString()!), "A batch was archived twice.");
        }

        var lines = 0L;
        foreach (var segment in manifest.GetProperty("segments").EnumerateArray())
        {
            lines += ReadSegment(segment, sequence);
        }

        var counts = Counts.Read(manifest.GetProperty("counts"));
        Assert.Equal(lines, counts.Archived);
        Assert.Equal(counts.Received, counts.Archived + counts.Duplicate + counts.Quarantined);
        return counts;
    }

    private int ReadSegment(JsonElement segment, int sequence)
    {
        var name = segment.GetProperty("name").GetString()!;
        Assert.True(_listed.Add(name), $"{name} is listed twice.");
        var stored = File.ReadAllBytes(Path.Combine(root, name));
        var text = Inflate(stored);
        Assert.Equal(segment.GetProperty("sha256").GetString(), Hash.Hex(stored));
        Assert.Equal(segment.GetProperty("bytes").GetInt64(), stored.Length);
        Assert.Equal(segment.GetProperty("uncompressedBytes").GetInt64(), text.Length);
        Assert.Equal((byte)'\n', text[^1]);

        var lines = Encoding.UTF8.GetString(text)[..^1].Split('\n');
        Assert.Equal(segment.GetProperty("lines").GetInt32(), lines.Length);
        Assert.Equal(segment.GetProperty("merkleRoot").GetString(), Convert.ToHexStringLower(Hash.MerkleRoot([.. lines.Select(Encoding.UTF8.GetBytes)])));
        var times = ReadLines(name, sequence, Hash.Hex(text), lines);
        Assert.Equal(segment.GetProperty("minTime").GetString(), times[0]);
        Assert.Equal(segment.GetProperty("maxTime").GetString(), times[^1]);
        return lines.Length;
    }

    /// <summary>Sorted by time and id, each in the hour of its time, in a file that is named by its place and content.</summary>
    private string[] ReadLines(string segment, int sequence, string sha256, string[] lines)
    {
        var times = new string[lines.Length];
        var last = "";
        for (var i = 0; i < lines.Length; i++)
        {
            using var line = JsonDocument.Parse(lines[i]);
            var happened = line.RootElement;
            var time = times[i] = happened.GetProperty("eventTime").GetString()!;
            var id = happened.GetProperty("id").GetString()!;
            var hour = time[..13];
            Assert.Equal($"region={region}/date={hour[..10]}/hour={hour[11..]}/{sequence.ToString("D10", CultureInfo.InvariantCulture)}-{sha256[..12]}.ndjson.gz", segment);
            Assert.Equal(region, happened.GetProperty("trailgate").GetProperty("region").GetString());
            Assert.InRange(Encoding.UTF8.GetByteCount(lines[i]), 1, 16_384);

            // Fractions have three digits or more: the rest is made as long before they are compared.
            var key = $"{time[..^1].PadRight(40, '0')} {id}";
            Assert.True(string.CompareOrdinal(last, key) < 0, $"{segment} is not sorted at line {i + 1}.");
            last = key;
            CheckOverflow(happened);
            _lines.Add(new ArchivedLine(region, hour, id, happened.TryGetProperty("correlationId", out var correlation) && correlation.ValueKind == JsonValueKind.String ? correlation.GetString() : null, lines[i]));
        }

        return times;
    }

    /// <summary>What a line points to is there, and is what its name says.</summary>
    private void CheckOverflow(JsonElement line)
    {
        if (!line.GetProperty("trailgate").TryGetProperty("limited", out var limited))
        {
            return;
        }

        foreach (var overflow in limited.EnumerateArray().Select(field => field.TryGetProperty("overflow", out var path) ? path.GetString() : null).OfType<string>())
        {
            Assert.Equal(Path.GetFileName(overflow), $"{Hash.Hex(Inflate(File.ReadAllBytes(Path.Combine(root, overflow))))}.json.gz");
        }
    }

    /// <summary>All members of a gzip file, one after the other, as zcat reads them.</summary>
    private static byte[] Inflate(byte[] stored)
    {
        using var inflated = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(stored), CompressionMode.Decompress);
        gzip.CopyTo(inflated);
        return inflated.ToArray();
    }
}
