using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Normalize;
using Trailgate.Query.Index;
using Trailgate.Signing;
using Trailgate.Storage;
using Trailgate.Tests.Archive;
using Trailgate.Tests.Storage;

namespace Trailgate.Tests.Verify;

/// <summary>
/// A real archive, made by real runs out of events that the real normalizer wrote: 3 regions, 50 manifests and 17 signed
/// notes; duplicates, quarantine, late events, events with overflow, and segments of several gzip members. Made once.
/// </summary>
internal static class EvidenceScene
{
    public const int Runs = 17;
    public const int Manifests = 50;

    /// <summary>The run that brings enough for several members, and its region.</summary>
    public const int LargeRun = 3;

    public static readonly string[] Regions = ["eu-de", "jp-tok", "us-south"];

    private static readonly Lazy<Task<ArchiveScene>> Made = new(MakeAsync);
    private static readonly EventNormalizer Normalizer = new(new NameTraits([]), new RedactionSettings(), new RegionTable([]), maxDepth: 64);

    /// <summary>Who signs.</summary>
    public static SigningKey Key { get; } = SigningKey.Create("trailgate");

    /// <summary>What somebody who checks trusts.</summary>
    public static TrustedKeys Trusted { get; } = TrustedKeys.Of([Key.Verifier]);

    /// <summary>When the last run was.</summary>
    public static DateTimeOffset End { get; } = new DateTimeOffset(2026, 11, 22, 6, 0, 0, TimeSpan.Zero).AddMinutes(5 * Runs);

    /// <summary>A copy of the archive, to be damaged.</summary>
    public static async Task<DamagedArchive> CopyAsync() => new((await Made.Value).Store.Copy());

    /// <summary>Puts what a sender sent into the inbox of a scene, as one batch with its overflow.</summary>
    public static Task SendAsync(ArchiveScene scene, int number, params IEnumerable<string> bodies) => SendAsync(scene, number, [], bodies);

    private static async Task SendAsync(ArchiveScene scene, int number, IEnumerable<string> quarantined, IEnumerable<string> bodies)
    {
        var lines = new List<string>(quarantined);
        foreach (var body in bodies)
        {
            lines.Add(await NormalizeAsync(body, scene.Store));
        }

        await scene.PutBatchAsync(number, [.. lines]);
    }

    /// <summary>The line of an event or quarantined item; its overflow goes into the store.</summary>
    public static async Task<string> NormalizeAsync(string body, MemoryBlobStore store)
    {
        var (line, overflow, path) = Normalize(body);
        if (path is not null)
        {
            await store.PutAsync(new BlobName(Containers.Archive, path), Gzip.Compress(overflow), CancellationToken.None);
        }

        return line;
    }

    /// <summary>An event as its source sends it.</summary>
    public static string Event(string name, string region, DateTimeOffset time, int padding = 0) => string.Create(CultureInfo.InvariantCulture, $$$"""
        {"eventTime":"{{{time:yyyy-MM-dd'T'HH:mm:ss.ff}}}+0000","action":"codeengine.application.update","outcome":"success","severity":"normal",
         "reason":{"reasonCode":"200","reasonType":"OK"},"initiator":{"name":"{{{name}}}@example.com"},"dataEvent":"false",
         "logSourceCRN":"crn:v1:bluemix:public:codeengine:{{{region}}}:a/1:p::","requestData":{"note":"{{{new string('x', padding)}}}"}}
        """);

    private static (string Line, byte[] Overflow, string? Path) Normalize(string body)
    {
        lock (Normalizer)
        {
            var scanner = new JsonScanner(Encoding.UTF8.GetBytes(body));
            scanner.MoveToValue();
            var reception = new Reception("ibm", EventTime.From(new DateTimeOffset(2026, 11, 22, 5, 59, 0, TimeSpan.Zero)));
            var result = Normalizer.Normalize(ref scanner, reception);
            return (Encoding.UTF8.GetString(result.Line), result.Overflow.ToArray(), result.OverflowPath);
        }
    }

    private static async Task<ArchiveScene> MakeAsync()
    {
        var scene = new ArchiveScene { Signing = new SigningKeys([Key]) };
        for (var run = 1; run <= Runs; run++)
        {
            // The last run brings nothing to one region: 16 x 3 + 2 manifests.
            foreach (var region in Regions.Take(run == Runs ? 2 : 3))
            {
                await SendAsync(
                    scene, run * 10 + Array.IndexOf(Regions, region),
                    run % 5 == 0 ? [ArchiveScene.Quarantined($"no action in run {run}", region)] : [], Bodies(run, region));
            }

            scene.Time.Advance(TimeSpan.FromMinutes(5));
            await Archiver(scene).RunAsync(CancellationToken.None);
        }

        await new StoreIndexer(OneStore.Over(scene.Store), NullLogger<StoreIndexer>.Instance).RebuildAsync(CancellationToken.None);
        return scene;
    }

    /// <summary>Archives with run ids as they really are, which tell the time.</summary>
    public static StoreArchiver Archiver(ArchiveScene scene) => new(
        OneStore.Over(scene.Store), scene.Time, Microsoft.Extensions.Options.Options.Create(scene.Options), scene.Signing,
        new ArchiveHooks((_, _, _) => Task.CompletedTask, (_, _, _) => Task.CompletedTask), NullLogger<StoreArchiver>.Instance);

    private static IEnumerable<string> Bodies(int run, string region)
    {
        // An hour ends every three runs, and each run brings a late event of the first hour.
        var hour = new DateTimeOffset(2026, 11, 22, 1 + run / 3, 0, 0, TimeSpan.Zero);
        var count = run == LargeRun && region == "us-south" ? 700 : 4;
        for (var i = 0; i < count; i++)
        {
            yield return Event($"u{run}-{i}", region, hour.AddSeconds(i), padding: count > 4 ? 400 : 10);
        }

        yield return Event($"u{run}-0", region, hour.AddSeconds(0), padding: count > 4 ? 400 : 10); // a copy
        yield return Event($"late{run}", region, new DateTimeOffset(2026, 11, 22, 0, 30, run, TimeSpan.Zero));
        if (run % 5 == 0)
        {
            yield return Event($"big{run}", region, hour.AddMinutes(20), padding: 20_000);
        }
    }
}
