using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Trailgate.Query;
using Trailgate.Storage;

namespace Trailgate.Tests.Model;

/// <summary>
/// Knows what was promised, and reads what is there without the product: every acknowledged event archived exactly once
/// and unchanged, nothing that nobody sent, chains unbroken, counters that add up, no alert lost, an empty inbox.
/// </summary>
internal sealed class Oracle(Simulation simulation)
{
    private static readonly string[] HarmlessSubjects = ["archive: the storage fails", "archive: the clock ", "dead/", "dead-messages/"];

    private readonly Dictionary<string, (SentItem Item, string? Id)> _acknowledged = [];
    private readonly HashSet<string> _delivered = [];

    /// <summary>A client reads the answer to a body.</summary>
    public void Acknowledge(SentBody body, JsonElement answer)
    {
        foreach (var result in answer.GetProperty("results").EnumerateArray())
        {
            var item = body.Items[result.GetProperty("index").GetInt32()];
            if (item.IsEvent != (result.GetProperty("status").GetString() != "quarantined"))
            {
                simulation.Violate($"{item.Name} was answered {result}");
            }

            var id = item.IsEvent ? result.GetProperty("id").GetString() : null;
            simulation.Counts.Acknowledged += _acknowledged.TryAdd(item.Name, (item, id)) ? 1 : 0;
        }
    }

    /// <summary>The receiver gets an alert.</summary>
    public void Deliver(ReadOnlyMemory<byte> alert)
    {
        using var document = JsonDocument.Parse(alert);
        if (document.RootElement.TryGetProperty("event", out var summary))
        {
            simulation.Counts.AlertsDelivered++;
            _delivered.Add(summary.GetProperty("id").GetString()!);
        }
    }

    /// <summary>The product's own counters, at any moment of a schedule.</summary>
    public void CheckCounters(StatsReport report)
    {
        if (report is { Settled: true, Unavailable.Count: 0, Balanced: false })
        {
            simulation.Violate($"the counters do not add up: {string.Join(", ", report.Regions)}");
        }
    }

    /// <summary>To be called when everything came to its end.</summary>
    public void CheckEverything()
    {
        var archived = new Dictionary<string, (string Id, DateTime Hour)>();
        foreach (var disk in simulation.Disks.Values)
        {
            CheckArchive(disk, archived);
            foreach (var left in disk.Blobs.Keys.Where(name => name.Container == Containers.Inbox && name.Path != "plan.json"))
            {
                simulation.Violate($"{disk.Name}:{left} was never archived");
            }
        }

        var quarantine = string.Concat(Texts(Containers.Quarantine, ""));
        var dead = string.Concat(Texts(Containers.Alerts, "dead"));
        foreach (var (name, (item, id)) in _acknowledged)
        {
            if (!item.IsEvent)
            {
                Check(quarantine.Contains($"\\\"{name}\\\"", StringComparison.Ordinal) || quarantine.Contains($"\"{name}\"", StringComparison.Ordinal), $"{name} was acknowledged and is not in the quarantine");
                continue;
            }

            Check(archived.TryGetValue(name, out var found) && found.Id == id, $"{name} ({id}) was acknowledged and is not in the archive");
            Check(!item.RaisesAlert || _delivered.Contains(id!) || dead.Contains(id!, StringComparison.Ordinal), $"the alert of {name} was neither delivered nor is it dead");
        }

        foreach (var alert in Texts(Containers.Alerts, "matches/pipeline/"))
        {
            Check(IsHarmless(alert), $"the pipeline complains: {alert}");
        }

        Check(simulation.Queue.Count == 0, $"{simulation.Queue.Count} messages are never handled");
        simulation.Counts.Archived += archived.Count;
    }

    private void CheckArchive(SimulatedDisk disk, Dictionary<string, (string Id, DateTime Hour)> archived)
    {
        var heads = new Dictionary<string, (long Sequence, string Sha256)>();
        var totals = new Dictionary<string, long[]>();
        string? previous = null;
        var lastTime = "";
        var notes = disk.Blobs.Where(blob => blob.Key.Container == Containers.Ledger).Select(blob => blob.Value.Bytes).ToList();
        for (var i = 0; i < notes.Count; i++)
        {
            var lines = Encoding.UTF8.GetString(notes[i].Span).Split("\n\n")[0].Split('\n');
            Check(lines[1] == $"{i + 1}" && lines[3] == (previous ?? "none"), $"note {i + 1} of {disk.Name} does not follow the one before: {string.Join('|', lines)}");
            Check(string.CompareOrdinal(lines[2], lastTime) >= 0, $"note {i + 1} of {disk.Name} is of {lines[2]}, the one before of {lastTime}");
            lastTime = lines[2];
            previous = Hash(notes[i].Span);
            var now = lines.Skip(4).Select(line => line.Split(' ')).ToDictionary(words => words[0], words => (Sequence: long.Parse(words[1]), Sha256: words[2]));
            foreach (var (region, before) in heads)
            {
                Check(now.GetValueOrDefault(region).Sequence >= before.Sequence, $"note {i + 1} of {disk.Name} loses {region}");
            }

            foreach (var (region, head) in now)
            {
                var before = heads.GetValueOrDefault(region);
                if (head != before)
                {
                    Check(head.Sequence == before.Sequence + 1, $"note {i + 1} of {disk.Name} skips a manifest of {region}");
                    CheckManifest(disk, region, head, before.Sha256, totals, archived);
                }
            }

            heads = now;
        }

        var manifests = disk.Blobs.Keys.Count(name => name.Path.Contains("/manifests/", StringComparison.Ordinal));
        Check(manifests == heads.Values.Sum(head => head.Sequence), $"{disk.Name} has {manifests} manifests, its notes know of others");
        var received = totals.Values.Sum(counts => counts[0]);
        Check(
            received <= disk.Received && received >= disk.Received - disk.WrittenAgain,
            $"{disk.Name} counts {received} as received, {disk.Received} became durable, {disk.WrittenAgain} of them again");
    }

    private void CheckManifest(
        SimulatedDisk disk, string region, (long Sequence, string Sha256) head, string? previous, Dictionary<string, long[]> totals, Dictionary<string, (string Id, DateTime Hour)> archived)
    {
        var name = new BlobName(Containers.Archive, $"region={region}/manifests/{head.Sequence:D10}.json");
        if (!disk.Blobs.TryGetValue(name, out var blob))
        {
            simulation.Violate($"{name} is missing");
            return;
        }

        Check(Hash(blob.Bytes.Span) == head.Sha256, $"{name} is not the one that the note names");
        using var document = JsonDocument.Parse(blob.Bytes);
        var root = document.RootElement;
        Check(root.GetProperty("previous").GetString() == previous, $"{name} does not follow the one before");
        var lines = root.GetProperty("segments").EnumerateArray().Sum(segment => CheckSegment(disk, region, segment, archived));
        var counts = Counts(root.GetProperty("counts"));
        var sum = totals.TryGetValue(region, out var before) ? before.Zip(counts, (left, right) => left + right).ToArray() : counts;
        totals[region] = sum;
        Check(counts[1] == lines, $"{name} counts {counts[1]} archived, {lines} are in its segments");
        Check(counts[0] == counts[1] + counts[2] + counts[3], $"{name} does not add up: {string.Join(' ', counts)}");
        Check(sum.SequenceEqual(Counts(root.GetProperty("totals"))), $"{name} has wrong totals");
    }

    private int CheckSegment(SimulatedDisk disk, string region, JsonElement segment, Dictionary<string, (string Id, DateTime Hour)> archived)
    {
        var path = segment.GetProperty("name").GetString()!;
        if (!disk.Blobs.TryGetValue(new BlobName(Containers.Archive, path), out var blob))
        {
            simulation.Violate($"{path} is missing");
            return 0;
        }

        Check(Hash(blob.Bytes.Span) == segment.GetProperty("sha256").GetString(), $"{path} is not the one that the manifest names");
        using var gzip = new GZipStream(new MemoryStream(blob.Bytes.ToArray()), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        var count = 0;
        for (; reader.ReadLine() is { } line; count++)
        {
            CheckEvent(disk, region, path, line, archived);
        }

        return count;
    }

    private void CheckEvent(SimulatedDisk disk, string region, string path, string line, Dictionary<string, (string Id, DateTime Hour)> archived)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var name = root.GetProperty("message").GetString()!;
        var id = root.GetProperty("id").GetString()!;
        if (simulation.Sent.FirstOrDefault(item => item.IsEvent && item.Name == name) is not { } item)
        {
            simulation.Violate($"{path} holds {name}, which nobody sent");
            return;
        }

        // Where the time is that of receipt, copies are looked for from a day before to an hour behind.
        var time = root.GetProperty("eventTime").GetString()!;
        var hour = DateTime.Parse(time[..13] + ":00:00Z", null, DateTimeStyles.AdjustToUniversal);
        var first = archived.GetValueOrDefault(name);
        Check(
            archived.TryAdd(name, (id, hour)) || (item.TimeAssumed && (first.Hour < hour.AddHours(-24) || first.Hour > hour.AddHours(1))),
            $"{name} is in the archive twice, the second time in {path}");
        Check(item.Store == disk.Name, $"{name} is in {disk.Name} and belongs to {item.Store}");
        Check(path.StartsWith($"region={region}/", StringComparison.Ordinal), $"{path} is listed in {region}");
        Check(item.TimeAssumed || path.Contains($"/hour={time[11..13]}/", StringComparison.Ordinal), $"{name} is in {path}");
        using var sent = JsonDocument.Parse(item.Json);
        foreach (var member in sent.RootElement.EnumerateObject())
        {
            if (item.IsLimited && member.Name == "requestData")
            {
                var overflow = root.GetProperty("trailgate").GetProperty("limited")[0].GetProperty("overflow").GetString()!;
                Check(disk.Blobs.ContainsKey(new BlobName(Containers.Archive, overflow)), $"{overflow} of {name} is missing");
            }
            else
            {
                Check(root.TryGetProperty(member.Name, out var kept) && JsonElement.DeepEquals(kept, member.Value), $"{name} was changed: {line}");
            }
        }
    }

    private IEnumerable<string> Texts(string container, string prefix) => simulation.Disks.Values
        .SelectMany(disk => disk.Blobs)
        .Where(blob => blob.Key.Container == container && blob.Key.Path.StartsWith(prefix, StringComparison.Ordinal))
        .Select(blob => Encoding.UTF8.GetString(blob.Value.Bytes.Span));

    // The storage fails in these schedules, and receivers refuse; nothing may ever be damaged or in conflict.
    private static bool IsHarmless(string alert) =>
        HarmlessSubjects.Any(subject => alert.Contains($"\"subject\":\"{subject}", StringComparison.Ordinal)
            || alert.Contains($"\"subject\":\"store eu: {subject}", StringComparison.Ordinal));

    private static long[] Counts(JsonElement counts) =>
        [.. new[] { "received", "archived", "duplicate", "quarantined" }.Select(name => counts.GetProperty(name).GetInt64())];

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            simulation.Violate(otherwise);
        }
    }

}
