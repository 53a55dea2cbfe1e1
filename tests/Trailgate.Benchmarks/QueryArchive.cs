using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Hashing;
using Trailgate.Query.Index;
using Trailgate.Signing;
using Trailgate.Storage;

namespace Trailgate.Benchmarks;

/// <summary>
/// Makes an archive of Code Engine events over 90 days and six regions by the product's own archive runs, one for each day. The same
/// seed gives the same events: requests of one to five events within two minutes, 40 people and bots, 360 projects, three failures in a hundred.
/// </summary>
internal sealed class QueryArchive(FileBlobStore store)
{
    public const int Days = 90;

    private static readonly string[] Regions = ["us-south", "eu-de", "us-east", "eu-gb", "jp-tok", "au-syd"];
    private static readonly string[] Kinds = ["read", "read", "read", "update", "create", "delete"];
    private static readonly string[] Things = ["application", "build", "buildrun", "job", "jobrun", "configmap", "secret", "project", "subscription"];
    private static readonly DateTimeOffset Start = new(2026, 8, 24, 0, 0, 0, TimeSpan.Zero);

    private readonly Random _random = new(20261122);
    private readonly string[] _projects = [.. Enumerable.Range(0, 60 * Regions.Length).Select(Project)];
    private readonly MemoryStream _lines = new();
    private readonly MerkleTree _tree = new();
    private readonly Dictionary<Region, BatchCounts> _counts = [];
    private int _number;
    private int _requests;

    /// <summary>Somebody who does one event in forty.</summary>
    public static string Person(int number) => string.Create(CultureInfo.InvariantCulture, $"person{number:D2}@example.com");

    public static string Correlation(int number) => Hex($"request {number}", 32);

    /// <summary>The CRN of a project.</summary>
    public static string Project(int number)
    {
        var id = Hex($"project {number}", 32);
        return $"crn:v1:bluemix:public:codeengine:{Regions[number % Regions.Length]}:a/7f3e1c9a5b2d4f6089ab1c2d3e4f5061:{id[..8]}-{id[8..12]}-{id[12..16]}-{id[16..20]}-{id[20..]}::";
    }

    /// <summary>Makes it; the number of requests, so that one of them can be asked for.</summary>
    public async Task<int> MakeAsync(int thousands, CancellationToken cancellationToken)
    {
        var own = new Store(Store.DefaultName, store);
        var time = new DayClock();
        var archiver = new StoreArchiver(
            own, time, Options.Create(new ArchiveOptions { PlanBytes = 256L << 20 }), SigningKeys.None,
            new ArchiveHooks((_, _, _) => Task.CompletedTask, (_, _, _) => Task.CompletedTask), NullLogger<StoreArchiver>.Instance);
        for (var day = 0; day < Days; day++)
        {
            var total = (int)((day + 1L) * thousands * 1000 / Days);
            var first = _number;
            while (_number < total)
            {
                AddRequest(Start.AddDays(day).AddSeconds((_number - first) * 86_280L / (total - first)), total);
            }

            time.Now = Start.AddDays(day + 1);
            await CommitAsync(day, cancellationToken);
            await archiver.RunAsync(cancellationToken);
        }

        await new StoreIndexer(own, NullLogger<StoreIndexer>.Instance).RebuildAsync(cancellationToken);
        return _requests;
    }

    private static string Hex(string text, int digits) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..digits];

    private void AddRequest(DateTimeOffset at, int total)
    {
        var project = _random.Next(_projects.Length);
        var person = _random.Next(40);
        var correlation = Correlation(_requests++);
        for (var left = _random.Next(1, 6); left > 0 && _number < total; left--)
        {
            Add(at, project, person, correlation);
            at = at.AddMilliseconds(_random.Next(1, 30_000));
        }
    }

    private void Add(DateTimeOffset at, int project, int person, string correlation)
    {
        var region = Regions[project % Regions.Length];
        var kind = Kinds[_random.Next(Kinds.Length)];
        var thing = Things[_random.Next(Things.Length)];
        var fails = _random.Next(100) < 3;
        var (code, reason) = fails
            ? (403, ",\"reasonType\":\"Forbidden\",\"reasonForFailure\":\"The caller lacks the role that this operation asks for.\"")
            : (200, ",\"reasonType\":\"OK\"");
        var severity = fails || kind == "delete" ? "critical" : kind == "update" ? "warning" : "normal";
        var id = Hex($"event {_number++}", 32);
        var body = kind is "create" or "update"
            ? $$$"""
                ,"newValue":{"name":"{{{thing}}}-{{{_random.Next(200)}}}","image":"private.icr.io/shop/app@sha256:{{{_random.GetHexString(32, true)}}}",
                "scaleMinInstances":{{{_random.Next(3)}}},"scaleMaxInstances":{{{_random.Next(3, 20)}}},"scaleCpuLimit":"1","scaleMemoryLimit":"4G"}
                """
            : "";
        var line = string.Create(CultureInfo.InvariantCulture, $$$"""
            {"id":"{{{id}}}","typeURI":"http://schemas.dmtf.org/cloud/audit/1.0/event","eventType":"activity","eventTime":"{{{at:yyyy-MM-dd'T'HH:mm:ss.fff}}}Z",
            "action":"codeengine.{{{thing}}}.{{{kind}}}","outcome":"{{{(fails ? "failure" : "success")}}}","severity":"{{{severity}}}","reason":{"reasonCode":{{{code}}}{{{reason}}}},
            "initiator":{"id":"IBMid-{{{Hex(Person(person), 10)}}}","name":"{{{Person(person)}}}","typeURI":"service/security/account/user",
            "credential":{"type":"token"},"host":{"address":"198.51.100.{{{_random.Next(1, 255)}}}","addressType":"IPv4","agent":"ibmcloud/2.30.0 (linux amd64)"}},
            "target":{"id":"{{{_projects[project]}}}","name":"{{{thing}}}","typeURI":"codeengine/{{{thing}}}"},"observer":{"name":"ActivityTracker"},"correlationId":"{{{correlation}}}",
            "message":"Code Engine: {{{kind}}} {{{thing}}} {{{_random.Next(100_000)}}}{{{(fails ? " -failure" : "")}}}","dataEvent":false,
            "logSourceCRN":"{{{_projects[project]}}}","saveServiceCopy":true,"requestData":{"verb":"{{{kind}}}"{{{body}}}},
            "trailgate":{"schema":1,"region":"{{{region}}}","kind":"{{{kind}}}","source":"ibm","receivedAt":"{{{at.AddSeconds(40):yyyy-MM-dd'T'HH:mm:ss.fff}}}Z",
            "sourceId":"{{{_random.GetHexString(32, true)}}}"}}
            """).ReplaceLineEndings("");
        _lines.Write(Encoding.ASCII.GetBytes(line));
        _lines.WriteByte((byte)'\n');
        if (!Region.TryParse(region.AsSpan(), out var parsed))
        {
            throw new InvalidOperationException($"'{region}' is no name of a region.");
        }

        _counts[parsed] = new BatchCounts(_counts.GetValueOrDefault(parsed).Received + 1, 0);
    }

    private async Task CommitAsync(int day, CancellationToken cancellationToken)
    {
        _tree.Clear();
        _tree.AppendLines(_lines.GetBuffer().AsSpan(0, (int)_lines.Length));
        var trailer = new BatchTrailer(_counts.Values.Sum(static count => count.Received), _tree.ToRoot(), _counts);
        _lines.Write(trailer.ToLine());
        _lines.WriteByte((byte)'\n');
        await store.PutAsync(BatchName.New(Start.AddDays(day)), _lines.ToArray(), cancellationToken);
        _lines.SetLength(0);
        _counts.Clear();
    }

    /// <summary>The clock of the archive runs: what is archived was received that day.</summary>
    private sealed class DayClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Start;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
