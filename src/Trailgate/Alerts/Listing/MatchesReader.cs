using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Grouping;
using Trailgate.Storage;

namespace Trailgate.Alerts.Listing;

/// <summary>Reads the alerts of one store, the newest first, and what became of them. For one answer: it keeps what it listed.</summary>
internal sealed class MatchesReader(Store store)
{
    private const string Folder = "matches/";
    private const string PipelineFolder = $"{Folder}pipeline/";
    private const string RecordsFolder = "deliveries/";

    private HashSet<string>? _deadLetters;
    private ILookup<string, string>? _sentAgain;

    /// <summary>The matches blobs of batches made within a time, the newest first.</summary>
    public async IAsyncEnumerable<MatchesName> BatchesAsync(
        DateTimeOffset oldest, DateTimeOffset newest, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await FirstDayAsync(cancellationToken) is not { } first)
        {
            yield break;
        }

        first = first > oldest.UtcDateTime.Date ? first : oldest.UtcDateTime.Date;
        for (var day = newest.UtcDateTime.Date; day >= first; day = day.AddDays(-1))
        {
            var names = new List<MatchesName>();
            await foreach (var path in store.Blobs.ListPathsAsync(Containers.Alerts, $"{Folder}{day:yyyy-MM-dd}/", cancellationToken))
            {
                if (MatchesName.TryParse(store.Name, path, out var name))
                {
                    names.Add(name);
                }
            }

            for (var i = names.Count - 1; i >= 0; i--)
            {
                yield return names[i];
            }
        }
    }

    private async Task<DateTime?> FirstDayAsync(CancellationToken cancellationToken)
    {
        // Days sort before what is named otherwise: digits before letters.
        await foreach (var path in store.Blobs.ListPathsAsync(Containers.Alerts, Folder, cancellationToken))
        {
            return DateTime.TryParseExact(path.Split('/')[1], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
        }

        return null;
    }

    /// <summary>The alerts of one blob with their places; none when it is gone.</summary>
    public async Task<IReadOnlyList<(AlertPlace Place, Alert Alert)>> ReadAsync(MatchesName name, CancellationToken cancellationToken)
    {
        if (await store.Blobs.ReadAsync(name.Blob, cancellationToken) is not { } content)
        {
            return [];
        }

        return [.. AlertLines.Read(content.Bytes).Select((alert, line) => (new AlertPlace(EventTimes.Read(alert.RaisedAt).Ticks, store.Name, name.Key, line), alert))];
    }

    /// <summary>
    /// What the pipeline told about itself. Few, and named by what they are about and not by time: all of them are read, but
    /// each once, because they never change.
    /// </summary>
    public async Task<IReadOnlyList<(AlertPlace Place, Alert Alert)>> PipelineAsync(
        IDictionary<MatchesName, IReadOnlyList<(AlertPlace Place, Alert Alert)>> known, CancellationToken cancellationToken)
    {
        var all = new List<(AlertPlace, Alert)>();
        await foreach (var path in store.Blobs.ListPathsAsync(Containers.Alerts, PipelineFolder, cancellationToken))
        {
            if (!MatchesName.TryParse(store.Name, path, out var name))
            {
                continue;
            }

            if (!known.TryGetValue(name, out var alerts))
            {
                known[name] = alerts = await ReadAsync(name, cancellationToken);
            }

            all.AddRange(alerts);
        }

        return all;
    }

    /// <summary>What became of the alerts of one blob.</summary>
    public async Task<MatchesOutcome> OutcomeAsync(MatchesName name, CancellationToken cancellationToken)
    {
        var settled = await SettledMatches.ReadAsync(store.Blobs, name.Key, cancellationToken);
        var deliveries = settled is { Told.Count: > 0 } ? await DeliveriesAsync(name.Key, cancellationToken) : [];
        return new MatchesOutcome(settled, deliveries);
    }

    /// <summary>What became of the alerts of one blob that a rule held back.</summary>
    public async Task<MatchesOutcome> OutcomeAsync(MatchesName name, string rule, CancellationToken cancellationToken) =>
        await OutcomeAsync(name with { Key = $"{name.Key}.{rule}" }, cancellationToken);

    /// <summary>The summaries of a group, the oldest first.</summary>
    public async IAsyncEnumerable<(BlobName Name, Notification Summary)> SummariesAsync(GroupId id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var path in store.Blobs.ListPathsAsync(Containers.Alerts, $"notifications/{GroupId.Prefix}{id.Rule}/{id.Hash}/", cancellationToken))
        {
            var name = new BlobName(Containers.Alerts, path);
            if (await store.Blobs.ReadAsync(name, cancellationToken) is { } content && Notification.Read(content.Bytes.TrimEnd((byte)'\n')) is { } summary)
            {
                yield return (name, summary);
            }
        }
    }

    /// <summary>Counts the dead letters of each channel.</summary>
    public async Task CountDeadAsync(SortedDictionary<string, int> counts, CancellationToken cancellationToken)
    {
        foreach (var path in await DeadLettersAsync(cancellationToken))
        {
            if (path.Split('/') is [_, var channel, _])
            {
                counts[channel] = counts.GetValueOrDefault(channel) + 1;
            }
        }
    }

    /// <summary>The state of a group; null when there is none.</summary>
    public async Task<GroupState?> GroupAsync(GroupId id, CancellationToken cancellationToken) =>
        await store.Blobs.ReadAsync(id.Blob, cancellationToken) is { } content ? GroupState.Read(content.Bytes.Span, id) : null;

    private async Task<IReadOnlyList<DeliveryRecord>> DeliveriesAsync(string key, CancellationToken cancellationToken)
    {
        var records = new List<DeliveryRecord>();
        var paths = await store.Blobs.ListPathsAsync(Containers.Alerts, $"{RecordsFolder}{key}/", cancellationToken).ToListAsync(cancellationToken);
        foreach (var record in await RecordsAsync(paths, cancellationToken))
        {
            var alerts = new List<AlertDeliveryRecord>();
            foreach (var alert in record.Alerts)
            {
                alerts.Add(alert.State == DeliveryState.Dead ? await NowAsync(alert, record.Channel, cancellationToken) : alert);
            }

            records.Add(record with { Alerts = alerts });
        }

        return records;
    }

    /// <summary>
    /// What became of one that was dead. Each time that it was sent again has a record of its own, whose tries are counted
    /// on here; while there is a letter, none of them helped.
    /// </summary>
    private async Task<AlertDeliveryRecord> NowAsync(AlertDeliveryRecord dead, string channel, CancellationToken cancellationToken)
    {
        var attempts = new List<DeliveryAttempt>(dead.Attempts);
        var state = DeliveryState.Pending; // without a letter or a record it is on its way
        foreach (var record in await SentAgainAsync(channel, dead.Id, cancellationToken))
        {
            var before = attempts.Count == 0 ? 0 : attempts[^1].Number;
            attempts.AddRange(record.Attempts.Select(attempt => attempt with { Number = before + attempt.Number }));
            state = record.State == DeliveryState.Dead ? DeliveryState.Pending : record.State;
        }

        var hasLetter = (await DeadLettersAsync(cancellationToken)).Contains($"{DeadLetters.FolderOf(channel)}{dead.Id}.json");
        return dead with { State = hasLetter ? DeliveryState.Dead : state, Attempts = attempts };
    }

    private async Task<IEnumerable<AlertDeliveryRecord>> SentAgainAsync(string channel, string id, CancellationToken cancellationToken)
    {
        if (_sentAgain is null)
        {
            // All at once: after an outage thousands are asked for, and a directory is listed as a whole anyway.
            var paths = await store.Blobs.ListPathsAsync(Containers.Alerts, $"{RecordsFolder}{Redelivery.Keys}", cancellationToken).ToListAsync(cancellationToken);
            // Up to the hash; a channel's name may have dashes as well, before it and in the file's name.
            _sentAgain = paths.ToLookup(static path => path[..(path.LastIndexOf('-', path.LastIndexOf('/')) + 1)], StringComparer.Ordinal);
        }

        var records = await RecordsAsync(_sentAgain[$"{RecordsFolder}{Redelivery.KeysOf(channel, id)}"], cancellationToken);
        return records.OrderBy(static record => record.Since, StringComparer.Ordinal).Select(static record => record.Alerts[0]);
    }

    private async Task<List<DeliveryRecord>> RecordsAsync(IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var records = new List<DeliveryRecord>();
        foreach (var path in paths)
        {
            if (await store.Blobs.ReadAsync(new BlobName(Containers.Alerts, path), cancellationToken) is { } content
                && JsonSerializer.Deserialize(content.Bytes.Span, AlertJsonContext.Default.DeliveryRecord) is { } record)
            {
                records.Add(record);
            }
        }

        return records;
    }

    private async Task<HashSet<string>> DeadLettersAsync(CancellationToken cancellationToken) =>
        _deadLetters ??= await store.Blobs.ListPathsAsync(Containers.Alerts, "dead/", cancellationToken).ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
}
