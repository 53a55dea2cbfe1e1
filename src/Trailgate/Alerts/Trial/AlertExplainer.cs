using System.Text;
using System.Text.Json;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Grouping;
using Trailgate.Alerts.Listing;
using Trailgate.Alerts.Rules;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Storage;

namespace Trailgate.Alerts.Trial;

/// <summary>Explains why an event raised alerts, and why it raised no others, and what became of them. Reads only.</summary>
public sealed class AlertExplainer
{
    // An event waits for its batch no longer than a client for its answer.
    private static readonly TimeSpan LongestCommit = TimeSpan.FromMinutes(10);

    private readonly EventLookup _lookup;
    private readonly ActiveRules _rules;

    internal AlertExplainer(EventLookup lookup, ActiveRules rules)
    {
        _lookup = lookup;
        _rules = rules;
    }

    /// <summary>Explains an event; null when there is none of that id.</summary>
    /// <exception cref="Archive.ArchiveDamagedException">It was not found, and a part of the archive that could hold it is damaged.</exception>
    /// <exception cref="StorageException">A store did not answer; a retry is safe.</exception>
    public async Task<IReadOnlyList<RuleVerdict>?> ExplainAsync(EventId id, CancellationToken cancellationToken)
    {
        if (await _lookup.FindAsync(id, cancellationToken) is not { } found || !EventLine.TryRead(found.Line.Span, out var line))
        {
            return null;
        }

        var raised = await FindRaisedAsync(found, id, cancellationToken);
        var verdicts = new List<RuleVerdict>();
        foreach (var rule in _rules.All)
        {
            verdicts.Add(await VerdictAsync(rule, line, found, raised, cancellationToken));
        }

        return verdicts;
    }

    private static async Task<RuleVerdict> VerdictAsync(
        AlertRule rule, EventLine line, FoundEvent found, Raised? raised, CancellationToken cancellationToken)
    {
        var reasons = line.IsInterim ? ["it is a stage of an action that is not its last"] : ConditionTrace.Why(rule.When, line, found.Line.Span);
        var alert = raised?.Alerts.FirstOrDefault(one => one.Rule == rule.Name);
        var verdict = new RuleVerdict(rule.Name) { IsOn = rule.IsOn, Matches = reasons.Count == 0, Reasons = reasons };
        if (alert is null || raised is null)
        {
            return verdict;
        }

        var outcome = await raised.Reader.OutcomeAsync(raised.Name, cancellationToken);
        var (state, deliveries) = outcome.Of(alert);
        if (rule.Wait is not null && state == AlertState.Grouped)
        {
            var later = await raised.Reader.OutcomeAsync(raised.Name, rule.Name, cancellationToken);
            (state, deliveries) = later.Settled is null ? (AlertState.Waiting, deliveries) : later.Of(alert);
        }

        return verdict with
        {
            AlertId = alert.Id.ToString(),
            State = AlertQuery.Text(state),
            Deliveries = [.. deliveries.Select(static pair => Describe(pair.Key, pair.Value))],
            Group = state == AlertState.Grouped ? await DescribeAsync(raised.Reader, alert, cancellationToken) : null,
        };
    }

    private static string Describe(string channel, AlertDeliveryRecord record)
    {
        var last = record.Attempts.Count == 0 ? "" : $", the last try at {record.Attempts[^1].At}{(record.Attempts[^1].Error is { } error ? $": {error}" : "")}";
        return $"{channel}: {record.State.ToString().ToLowerInvariant()} after {record.Attempts.Count} {(record.Attempts.Count == 1 ? "try" : "tries")}{last}";
    }

    private static async Task<string> DescribeAsync(MatchesReader reader, Alert alert, CancellationToken cancellationToken)
    {
        var id = GroupId.Of(alert);
        await foreach (var (name, summary) in reader.SummariesAsync(id, cancellationToken))
        {
            using var document = JsonDocument.Parse(summary.Json);
            var root = document.RootElement;
            if (EventTimes.Compare(root.GetProperty("first"u8).GetString()!, alert.OccurredAt) <= 0
                && EventTimes.Compare(root.GetProperty("last"u8).GetString()!, alert.OccurredAt) >= 0
                && EventTimes.Compare(root.GetProperty("raisedAt"u8).GetString()!, alert.RaisedAt) >= 0)
            {
                return $"told in the summary {summary.Id} of {root.GetProperty("count"u8).GetInt64()} alerts ({name})";
            }
        }

        var state = await reader.GroupAsync(id, cancellationToken);
        return state?.Due is { } due
            ? $"counted in the group {id.Thread}, whose window ends at {EventTime.From(due)}"
            : $"counted in the group {id.Thread}, and not told: the rule's threshold was not met";
    }

    private static async Task<Raised?> FindRaisedAsync(FoundEvent found, EventId id, CancellationToken cancellationToken)
    {
        if (!FieldPath.TryParse("trailgate.receivedAt", out var path, out _) || EventFields.First(found.Line.Span, path) is not { } text)
        {
            return null;
        }

        var received = EventTimes.Read(text).ToDateTimeOffset();
        var reader = new MatchesReader(found.Reader.Store);
        var eventId = $"\"id\":\"{id}\"";
        Raised? first = null;
        await foreach (var name in reader.BatchesAsync(received, received + LongestCommit, cancellationToken))
        {
            var made = BatchTime.Read(new BlobName(Containers.Inbox, $"{BatchName.Prefix}{name.Key}.ndjson"));
            if (made >= received.AddSeconds(-1) && made <= received + LongestCommit)
            {
                List<Alert> alerts = [.. (await reader.ReadAsync(name, cancellationToken)).Select(static one => one.Alert)
                    .Where(alert => Encoding.UTF8.GetString(alert.Json.Span).Contains($"\"event\":{{{eventId}", StringComparison.Ordinal))];
                first = alerts.Count > 0 ? new Raised(reader, name, alerts) : first;
            }
        }

        return first;
    }

    private sealed record Raised(MatchesReader Reader, MatchesName Name, IReadOnlyList<Alert> Alerts);
}

/// <summary>What a rule says of an event.</summary>
/// <param name="Rule">The rule's name.</param>
public sealed record RuleVerdict(string Rule)
{
    /// <summary>Whether the rule is on now.</summary>
    public bool IsOn { get; init; }

    /// <summary>Whether its condition holds, by the rules of now.</summary>
    public bool Matches { get; init; }

    /// <summary>Which tests failed, and what they saw.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>The alert that was raised; null when none was, or its record was cleaned away.</summary>
    public string? AlertId { get; init; }

    /// <summary>What became of it.</summary>
    public string? State { get; init; }

    /// <summary>What each channel did with it.</summary>
    public IReadOnlyList<string> Deliveries { get; init; } = [];

    /// <summary>Where it was counted, when it was not told by itself.</summary>
    public string? Group { get; init; }
}
