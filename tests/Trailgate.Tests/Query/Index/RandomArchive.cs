using System.Text;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Query.Facets;
using Trailgate.Storage;
using static Trailgate.Tests.Query.QueryStore;

namespace Trailgate.Tests.Query.Index;

/// <summary>Archives, inboxes, damages and queries by chance, from few values, so that they meet.</summary>
internal sealed class RandomArchive(Random random)
{
    private static readonly string[] Regions = ["us-south", "eu-de", "global"];
    private static readonly string[] Actions = ["codeengine.job.read", "codeengine.job.delete", "codeengine.app.update", "iam.key.create", "CODEENGINE.JOB.READ"];
    private static readonly string[] Names = ["amelie@example.com", "deploy-bot", "J\\u00fcrgen", "half \\ud800", ""];
    private static readonly string[] Targets =
    [
        "crn:v1:bluemix:public:codeengine:us-south:a/1:p1::", "crn:v1:bluemix:public:codeengine:us-south:a/1:p1:app:x",
        "crn:v1:bluemix:public:codeengine:us-south:a/1:p10::", "crn:v1:bluemix:public:codeengine:us-south:a/2:p1::", "plain", "crn:", "",
    ];

    private readonly List<(BlobName Batch, string[] Lines)> _waiting = [];
    private int _number;

    public QueryStore Store { get; } = new() { LinesPerMember = random.Next(1, 5), RowsPerFile = random.Next(1, 20) };

    /// <summary>Does one thing that happens to a store.</summary>
    public async Task StepAsync()
    {
        switch (random.Next(10))
        {
            case < 4:
                await Store.ArchiveAsync(NewLines());
                break;
            case < 6:
                var lines = NewLines();
                _waiting.Add((await Store.BatchAsync(lines), lines));
                break;
            case 6 when _waiting.Count > 0:
                // A run that is stopped before it has deleted its batch.
                await Store.ArchiveAsync(_waiting[0].Lines);
                if (random.Next(2) == 0)
                {
                    await Store.DeleteAsync(_waiting[0].Batch);
                }

                _waiting.RemoveAt(0);
                break;
            default:
                await Store.IndexAsync();
                break;
        }
    }

    /// <summary>Damages the index, or takes away a part of it, or changes its catalog.</summary>
    public async Task DamageIndexAsync()
    {
        var files = Store.Blobs.Blobs.Where(blob => blob.Key.Container == Containers.Index && !blob.Key.Path.EndsWith(".ids", StringComparison.Ordinal)).ToList();
        if (files.Count == 0)
        {
            return;
        }

        var (name, stored) = files[random.Next(files.Count)];
        await Store.Blobs.DeleteAsync(name, default);
        var bytes = stored.ToArray();
        switch (random.Next(4))
        {
            case 0:
                return;
            case 1:
                bytes = bytes[..random.Next(bytes.Length)];
                break;
            default:
                if (bytes.Length == 0)
                {
                    break; // cut off to nothing before
                }

                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                break;
        }

        await Store.Blobs.PutAsync(name, bytes, default);
    }

    public EventQuery NewQuery() => new()
    {
        From = Maybe(() => (EventTime?)Time(random.Next(72))),
        To = Maybe(() => (EventTime?)Time(24 + random.Next(72))),
        Regions = Some(Regions),
        Action = Maybe(() => new ActionPattern(Pick(["*", "codeengine.*", "codeengine.job.read", "*.delete", "x"]))),
        Kinds = random.Next(4) == 0 ? new HashSet<EventKind> { (EventKind)random.Next(6) } : new HashSet<EventKind>(),
        Outcome = Maybe(() => (Outcome?)random.Next(4)),
        Severities = Some(["normal", "warning", "critical"]),
        Initiator = Maybe(() => new ActionPattern(Pick(["*", "amelie*", "IBMid-1", "jürgen", "J*gen", "deploy-bot"]))),
        Target = Maybe(() => new TargetFilter(Pick([.. Targets[..^1], "crn:v1:bluemix:public:codeengine:us-south:a/1", "crn:v1", "crn:v1:bluemix:public:codeengine:us-south:a/1:p1"]))),
        CorrelationId = Maybe(() => $"c{random.Next(12)}"),
        Text = random.Next(8) == 0 ? new TextFilter("bot") : null,
        Reason = random.Next(12) == 0 ? new TextFilter("denied") : null,
        Id = random.Next(12) == 0 && EventId.TryParse(Id(random.Next(1, _number + 2)), out var id) ? id : null,
        Except = random.Next(3) == 0 ? [new EventQuery { Action = new ActionPattern("*.read") }, new EventQuery { Initiator = new ActionPattern(Pick(["amelie*", "*"])) }, new EventQuery { Regions = new HashSet<string> { Pick(Regions) } }] : [],
        Order = (EventOrder)random.Next(2),
        Limit = random.Next(1, 8),
        Facets = random.Next(2) == 0 ? new HashSet<Facet>() : Enum.GetValues<Facet>().Where(_ => random.Next(2) == 0).ToHashSet(),
    };

    private string[] NewLines() => [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => NewLine())];

    private string NewLine()
    {
        var members = new StringBuilder();
        Add("action", Pick(Actions), odds: 50);
        Add("outcome", Pick(["success", "failure", "pending", "unknown"]), odds: 20);
        Add("severity", Pick(["normal", "warning", "critical"]), odds: 8);
        if (random.Next(12) == 0)
        {
            members.Append("\"reason\":{\"reasonForFailure\":\"denied\"},");
        }

        if (random.Next(6) > 0)
        {
            members.Append($"\"initiator\":{{\"id\":\"IBMid-{random.Next(4)}\",\"name\":\"{Pick(Names)}\"}},");
        }

        members.Append($"\"target\":{{\"id\":\"{Pick(Targets)}\"}},");
        Add("correlationId", $"c{random.Next(12)}", odds: 4);
        Add("action", "twice", odds: -40);
        return $$$"""{"id":"{{{Id(++_number)}}}","eventTime":"{{{Time(random.Next(96))}}}",{{{members}}}"trailgate":{"schema":1,"region":"{{{Pick(Regions)}}}","kind":"{{{Pick(["read", "create", "update", "delete", "security", "other"])}}}"}}""";

        // Positive odds: left out once in so many; negative: there once in so many.
        void Add(string member, string value, int odds)
        {
            if ((random.Next(Math.Abs(odds)) > 0) == odds > 0)
            {
                members.Append($"\"{member}\":\"{value}\",");
            }
        }
    }

    // Four days; in some hours events share the moment.
    private EventTime Time(int hour) =>
        EventTime.From(new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero).AddHours(hour).AddMinutes(random.Next(4) * 17).AddMilliseconds(random.Next(2)));

    private T? Maybe<T>(Func<T> value) => random.Next(4) == 0 ? value() : default;

    private HashSet<string> Some(string[] from) => random.Next(4) == 0 ? from.Where(_ => random.Next(2) == 0).ToHashSet() : [];

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
