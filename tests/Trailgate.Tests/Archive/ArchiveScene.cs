using System.Diagnostics.Metrics;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Signing;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Archive;

/// <summary>A store with an inbox, a clock, and what an archive run tells people.</summary>
internal sealed class ArchiveScene
{
    public MemoryBlobStore Store { get; init; } = new();
    public ManualTimeProvider Time { get; } = new();
    public ArchiveOptions Options { get; } = new();

    /// <summary>None, unless a test is about them: ECDSA signs differently each time, and scenes are compared byte by byte.</summary>
    public SigningKeys Signing { get; init; } = SigningKeys.None;

    public List<string> Alerts { get; } = [];
    public List<string> CaughtUp { get; } = [];
    public IMeterFactory MeterFactory => field ??= new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
    public ArchiveMetrics Metrics => field ??= new ArchiveMetrics(MeterFactory);

    /// <summary>The run id depends on the length of the ledger alone, so that two scenes can be compared byte by byte.</summary>
    public StoreArchiver Archiver(IBlobStore? store = null, Func<long>? notes = null, Func<DateTimeOffset, Guid>? newRunId = null) => new(
        OneStore.Over(store ?? Store), Time, Microsoft.Extensions.Options.Options.Create(Options), Signing,
        new ArchiveHooks(
            (subject, _, _) =>
            {
                lock (Alerts)
                {
                    Alerts.Add(subject);
                }

                return Task.CompletedTask;
            },
            (batch, _, _) =>
            {
                lock (CaughtUp)
                {
                    CaughtUp.Add(batch.Path);
                }

                return Task.CompletedTask;
            }),
        NullLogger<StoreArchiver>.Instance,
        newRunId ?? (_ => RunId((int)(notes?.Invoke() ?? Paths(Containers.Ledger).Count) + 1)));

    public Task<ArchiveSummary> RunAsync() => Archiver().RunAsync(CancellationToken.None);

    public static Guid RunId(int plan) => new(plan, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public async Task PutBatchAsync(int number, params string[] lines) => await PutAsync(BatchPath(number), Batch(lines));

    public async Task PutAsync(string path, byte[] bytes) =>
        Assert.Equal(PutResult.Created, await Store.PutAsync(new BlobName(Containers.Inbox, path), bytes, CancellationToken.None));

    public static string BatchPath(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"batches/2026-11-22/05/019aa9c0-0000-7000-8000-{number:D12}.ndjson");

    /// <summary>A batch as the inbox holds it; its trailer is counted from the texts of the lines.</summary>
    public static byte[] Batch(params string[] lines)
    {
        var text = string.Concat(lines.Select(line => line + "\n"));
        var regions = lines
            .GroupBy(line => line.Split("\"region\":\"")[1].Split('"')[0])
            .ToDictionary(
                group => Region.TryParse(group.Key.AsSpan(), out var region) ? region : throw new InvalidOperationException(group.Key),
                group => new BatchCounts(group.Count(), group.Count(line => line.StartsWith("{\"quarantined\":", StringComparison.Ordinal))));
        var trailer = new BatchTrailer(lines.Length, MerkleRoot.OfLines(text), regions);
        return [.. Encoding.UTF8.GetBytes(text), .. trailer.ToLine(), (byte)'\n'];
    }

    /// <summary>A normalized event whose id comes from a seed.</summary>
    public static string Event(string seed, string time = "2026-11-22T05:54:00.123Z", string region = "us-south", bool assumed = false, string received = "06:00") =>
        $$$"""{"id":"{{{Id(seed)}}}","eventTime":"{{{time}}}","action":"codeengine.application.delete","outcome":"success","message":"{{{seed}}}","trailgate":{"schema":1,"region":"{{{region}}}","kind":"delete","source":"ibm","receivedAt":"2026-11-22T{{{received}}}:00.000Z"{{{(assumed ? ",\"assumed\":[\"eventTime\"]" : "")}}}}}""";

    public static string Quarantined(string text, string region = "us-south") =>
        $$$"""{"quarantined":{"region":"{{{region}}}","reason":"{{{text}}}","content":null}}""";

    public static EventId Id(string seed) => EventId.Of(Encoding.UTF8.GetBytes(seed));

    public static string Hash(string text) => Hash(Encoding.UTF8.GetBytes(text));

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public IReadOnlyList<string> Paths(string container) =>
        [.. Store.Blobs.Where(blob => blob.Key.Container == container).Select(blob => blob.Key.Path)];

    public IReadOnlyList<string> Segments() => [.. Paths(Containers.Archive).Where(path => path.EndsWith(".gz", StringComparison.Ordinal))];

    public ReadOnlyMemory<byte> Bytes(string container, string path) => Store.Blobs.Single(blob => blob.Key == new BlobName(container, path)).Value;

    public string Text(string container, string path) => Encoding.UTF8.GetString(Bytes(container, path).Span);

    public Manifest Manifest(string region, int sequence) =>
        ManifestJson.Read(Bytes(Containers.Archive, string.Create(CultureInfo.InvariantCulture, $"region={region}/manifests/{sequence:D10}.json")))!;

    /// <summary>The lines of a segment, read without the product.</summary>
    public IReadOnlyList<string> Lines(string segment)
    {
        using var gzip = new GZipStream(new MemoryStream(Bytes(Containers.Archive, segment).ToArray()), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        return [.. reader.ReadToEnd().Split('\n')[..^1]];
    }

    /// <summary>All events of all segments that manifests list.</summary>
    public IReadOnlyList<string> ArchivedLines() =>
    [
        .. Store.Blobs
            .Where(blob => blob.Key.Path.Contains("/manifests/", StringComparison.Ordinal))
            .SelectMany(blob => ManifestJson.Read(blob.Value)!.Segments)
            .SelectMany(segment => Lines(segment.Name)),
    ];

    /// <summary>Everything in the store, for comparison.</summary>
    public string Everything() => string.Join('\n', Store.Blobs.Select(blob => $"{blob.Key} {Hash(blob.Value.Span)}"));
}
