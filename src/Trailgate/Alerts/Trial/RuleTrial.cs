using Trailgate.Alerts.Rules;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Storage;

namespace Trailgate.Alerts.Trial;

/// <summary>
/// Tries rules on what is archived: what they would have matched, and what channels would have been told, with the times of
/// the events in place of a clock. Sends nothing and writes nothing.
/// </summary>
public sealed class RuleTrial(StoreReaders readers, Microsoft.Extensions.Options.IOptions<AlertOptions> options)
{
    /// <summary>Tries rules.</summary>
    /// <param name="rules">The rules; those that are off are left out.</param>
    /// <param name="from">Earliest eventTime, included; null for all.</param>
    /// <param name="to">End of the eventTimes, not included; null for all.</param>
    /// <param name="cancellationToken">Stops the trial.</param>
    /// <exception cref="ArchiveDamagedException">No store's archive could be read.</exception>
    /// <exception cref="StorageException">No store answered.</exception>
    public async Task<TrialReport> RunAsync(
        IReadOnlyList<AlertRule> rules, EventTime? from, EventTime? to, CancellationToken cancellationToken)
    {
        var set = new RuleSet(rules);
        var query = new EventQuery { From = from, To = to };
        var results = set.Rules.Select(rule => new RuleResult(rule)).ToList();
        var damaged = new List<string>();
        long events = 0;
        var unavailable = await readers.AskAllAsync(
            async (reader, token) =>
            {
                // Groups are made store by store, as alerts are.
                var tally = new TrialTally(set, results, options.Value.GroupWindow);
                var segments = await reader.Catalog.FindSegmentsAsync(query, e => damaged.Add(e.Message), token);
                foreach (var hour in segments.GroupBy(segment => segment.MinTime.Hour).OrderBy(hour => hour.Key))
                {
                    foreach (var segment in hour)
                    {
                        events += await ReadAsync(reader, segment, query, tally, damaged, token);
                    }

                    tally.EndHour();
                }

                tally.End(to);
            },
            cancellationToken);
        return new TrialReport(events, results, damaged, unavailable);
    }

    private static async Task<long> ReadAsync(
        StoreReader reader, Segment segment, EventQuery query, TrialTally tally, List<string> damaged, CancellationToken cancellationToken)
    {
        long events = 0;
        try
        {
            await foreach (var line in reader.Archive.ReadLinesAsync(segment, cancellationToken))
            {
                if (EventLine.TryRead(line.Span, out var parsed) && query.Wants(parsed.Time, parsed.Time))
                {
                    events++;
                    tally.Offer(parsed, line.Span);
                }
            }
        }
        catch (ArchiveDamagedException e)
        {
            damaged.Add(e.Message);
        }

        return events;
    }
}

/// <summary>What rules would have done.</summary>
/// <param name="Events">How many events they were tried on.</param>
/// <param name="Rules">The rules that are on, with what they matched.</param>
/// <param name="Damaged">Parts of the archive that could not be read whole.</param>
/// <param name="Unavailable">The stores that did not answer.</param>
public sealed record TrialReport(long Events, IReadOnlyList<RuleResult> Rules, IReadOnlyList<string> Damaged, IReadOnlyList<string> Unavailable);

/// <summary>What one rule would have done.</summary>
/// <param name="rule">The rule.</param>
public sealed class RuleResult(AlertRule rule)
{
    /// <summary>Most examples that are kept.</summary>
    public const int MaxExamples = 3;

    private readonly List<string> _examples = [];

    /// <summary>The rule's name.</summary>
    public string Rule => rule.Name;

    /// <summary>How many events it matched.</summary>
    public long Matches { get; internal set; }

    /// <summary>How many notifications each channel would have got: first alerts and summaries.</summary>
    public long Notifications { get; internal set; }

    /// <summary>Matches that nobody would have been told of: below the threshold, or ended in time.</summary>
    public long Untold { get; internal set; }

    /// <summary>The first matches, each as the JSON of its alert.</summary>
    public IReadOnlyList<string> Examples => _examples;

    internal void AddExample(Alert alert)
    {
        if (_examples.Count < MaxExamples)
        {
            _examples.Add(System.Text.Encoding.UTF8.GetString(alert.Json.Span));
        }
    }
}
