using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Trailgate.Alerts.Grouping;
using Trailgate.Alerts.Rules;
using Trailgate.Storage;

namespace Trailgate.Alerts.Listing;

/// <summary>Finds alerts, the newest first, in all stores: each alert that was ever raised and not cleaned away is listed, told or not.</summary>
internal sealed partial class AlertSearch(Stores stores, ActiveRules rules, AlertOptions options, TimeProvider time, ILogger<AlertSearch> logger)
{
    private readonly ConcurrentDictionary<MatchesName, IReadOnlyList<(AlertPlace Place, Alert Alert)>> _pipeline = new();

    /// <summary>Finds a page.</summary>
    /// <exception cref="StorageException">No store could do it; a retry is safe.</exception>
    public async Task<AlertPage> FindAsync(AlertQuery query, CancellationToken cancellationToken)
    {
        var found = new List<ListedAlert>();
        var unavailable = new List<string>();
        var dead = new SortedDictionary<string, int>(StringComparer.Ordinal);
        StorageException? first = null;
        foreach (var store in stores.All)
        {
            try
            {
                var reader = new MatchesReader(store);
                found.AddRange(await FindAsync(reader, store, query, cancellationToken));
                await reader.CountDeadAsync(dead, cancellationToken);
            }
            catch (StorageException e)
            {
                first ??= e;
                unavailable.Add(store.Name);
                LogUnavailable(store, e);
            }
        }

        if (first is not null && unavailable.Count == stores.All.Count)
        {
            throw first;
        }

        found.Sort(static (one, other) => AlertPlace.Compare(one.Place, other.Place));
        var page = found.Take(query.Limit).ToList();
        return new AlertPage(page, found.Count > page.Count, await GroupsAsync(page, cancellationToken), dead, unavailable);
    }

    private async Task<List<ListedAlert>> FindAsync(MatchesReader reader, Store store, AlertQuery query, CancellationToken cancellationToken)
    {
        var newest = time.GetUtcNow().AddDays(1); // another host's clock may be ahead
        var oldest = options.Retention is { } kept ? newest - kept - TimeSpan.FromDays(2) : DateTimeOffset.UnixEpoch;
        oldest = query.From is { } from && from.ToDateTimeOffset() > oldest ? from.ToDateTimeOffset() : oldest;
        newest = query.To is { } to && to.ToDateTimeOffset() < newest ? to.ToDateTimeOffset() : newest;
        newest = query.After is { } after && after.RaisedAt < newest.UtcTicks ? new DateTimeOffset(after.RaisedAt, TimeSpan.Zero) : newest;

        var found = new List<ListedAlert>();
        foreach (var (place, alert) in await reader.PipelineAsync(_pipeline, cancellationToken))
        {
            await OfferAsync(reader, found, query, new MatchesName(store.Name, place.Key), place, alert, null, cancellationToken);
        }

        // One more than asked for, to know whether there are more.
        var enough = query.Limit + 1;
        var fromBatches = 0;
        await foreach (var name in reader.BatchesAsync(oldest, newest, cancellationToken))
        {
            MatchesOutcome? outcomes = null;
            foreach (var (place, alert) in await reader.ReadAsync(name, cancellationToken))
            {
                if (Asks(query, place, alert))
                {
                    outcomes ??= await reader.OutcomeAsync(name, cancellationToken);
                    fromBatches += await OfferAsync(reader, found, query, name, place, alert, outcomes, cancellationToken) ? 1 : 0;
                }
            }

            if (fromBatches >= enough)
            {
                break;
            }
        }

        return found;
    }

    private async Task<bool> OfferAsync(
        MatchesReader reader, List<ListedAlert> found, AlertQuery query, MatchesName name, AlertPlace place, Alert alert, MatchesOutcome? known,
        CancellationToken cancellationToken)
    {
        if (!Asks(query, place, alert))
        {
            return false;
        }

        var outcomes = known ?? await reader.OutcomeAsync(name, cancellationToken);
        var (state, deliveries) = outcomes.Of(alert);
        if (state == AlertState.Grouped && rules.Current.Find(alert.Rule)?.Wait is not null)
        {
            var later = await reader.OutcomeAsync(name, alert.Rule, cancellationToken);
            (state, deliveries) = later.Settled is null ? (AlertState.Waiting, deliveries) : later.Of(alert);
        }

        if (query.State is { } wanted && state != wanted)
        {
            return false;
        }

        found.Add(new ListedAlert(place, alert, state, deliveries));
        return true;
    }

    private static bool Asks(AlertQuery query, AlertPlace place, Alert alert) =>
        (query.Rule is null || alert.Rule == query.Rule)
        && (query.Region is null || alert.Region == query.Region)
        && (query.From is not { } from || place.RaisedAt >= from.Ticks)
        && (query.To is not { } to || place.RaisedAt < to.Ticks)
        && (query.After is not { } after || AlertPlace.Compare(after, place) < 0);

    private async Task<IReadOnlyList<(GroupId Id, string Store, GroupState State)>> GroupsAsync(
        IReadOnlyList<ListedAlert> page, CancellationToken cancellationToken)
    {
        var groups = new List<(GroupId, string, GroupState)>();
        foreach (var (store, id) in page.Select(static listed => (listed.Place.Store, GroupId.Of(listed.Alert))).Distinct())
        {
            if (stores.Find(store) is { } home && await new MatchesReader(home).GroupAsync(id, cancellationToken) is { } state)
            {
                groups.Add((id, store, state));
            }
        }

        return groups;
    }

    [LoggerMessage(LogLevel.Warning, "The store {Store} did not answer; the alerts of the others are listed without it.")]
    private partial void LogUnavailable(Store store, Exception exception);
}

/// <summary>A page of alerts.</summary>
/// <param name="Alerts">The newest first.</param>
/// <param name="More">Whether older ones follow.</param>
/// <param name="Groups">The groups of these alerts, with their counts.</param>
/// <param name="Dead">How many dead letters each channel has.</param>
/// <param name="Unavailable">The stores that did not answer.</param>
internal sealed record AlertPage(
    IReadOnlyList<ListedAlert> Alerts,
    bool More,
    IReadOnlyList<(GroupId Id, string Store, GroupState State)> Groups,
    IReadOnlyDictionary<string, int> Dead,
    IReadOnlyList<string> Unavailable);
