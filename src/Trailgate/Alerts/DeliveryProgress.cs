using System.Text.Json;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Alerts;

/// <summary>
/// The delivery record of one blob of notifications and one channel while a handler works on it. Notes may come from several
/// sends at once; saving merges with what another handler saved meanwhile, and never takes a delivery back.
/// </summary>
internal sealed class DeliveryProgress
{
    // Only the last try's answer is worth its room in full.
    private const int EarlierErrorLength = 100;

    private readonly Lock _lock = new();
    private readonly IBlobStore _store;
    private readonly MatchesName _matches;
    private readonly string _channel;
    private readonly Dictionary<string, AlertDeliveryRecord> _alerts = [];
    private string? _version;
    private bool _changed;

    private DeliveryProgress(IBlobStore store, MatchesName matches, string channel)
    {
        _store = store;
        _matches = matches;
        _channel = channel;
    }

    /// <summary>The highest try that a message was sent for, from 1.</summary>
    public int Scheduled { get; private set; } = 1;

    /// <summary>Reads the record, or begins one.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public static async Task<DeliveryProgress> OpenAsync(
        IBlobStore store, MatchesName matches, string channel, IEnumerable<Notification> notifications, CancellationToken cancellationToken)
    {
        var progress = new DeliveryProgress(store, matches, channel);
        foreach (var notification in notifications)
        {
            var id = notification.Id.ToString();
            progress._alerts[id] = new AlertDeliveryRecord { Id = id, Rule = notification.Rule, State = DeliveryState.Pending, Attempts = [] };
        }

        await progress.MergeStoredAsync(cancellationToken);
        progress._changed = false;
        return progress;
    }

    /// <summary>What is known of a notification.</summary>
    public AlertDeliveryRecord this[Notification notification]
    {
        get
        {
            lock (_lock)
            {
                return _alerts[notification.Id.ToString()];
            }
        }
    }

    /// <summary>Notes the end of a try.</summary>
    public void Note(Notification notification, SendResult result, DateTimeOffset now)
    {
        var at = EventTime.From(now).ToString();
        var (state, attempt) = result switch
        {
            SendResult.Delivered delivered => (DeliveryState.Delivered, new DeliveryAttempt(at, delivered.Status, null)),
            SendResult.Failed failed => (DeliveryState.Pending, new DeliveryAttempt(at, failed.Status, failed.Error)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        lock (_lock)
        {
            var before = _alerts[notification.Id.ToString()];
            Set(before with { State = state, Attempts = [.. before.Attempts.Select(Shorten), attempt] });
        }
    }

    /// <summary>Notes that a notification is given up. To be called when its dead letter is written.</summary>
    public void NoteDead(Notification notification)
    {
        lock (_lock)
        {
            Set(_alerts[notification.Id.ToString()] with { State = DeliveryState.Dead });
        }
    }

    /// <summary>Notes that a message for a try was sent.</summary>
    public void NoteScheduled(int attempt)
    {
        _changed |= attempt > Scheduled;
        Scheduled = Math.Max(Scheduled, attempt);
    }

    /// <summary>Stores what changed since it was read or saved.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        while (_changed)
        {
            _version = await _store.ReplaceAsync(_matches.Delivery(_channel), ToBytes(), _version, cancellationToken);
            _changed = false;
            if (_version is null)
            {
                await MergeStoredAsync(cancellationToken);
                _changed = true;
            }
        }
    }

    private static DeliveryAttempt Shorten(DeliveryAttempt attempt) =>
        attempt.Error is { Length: > EarlierErrorLength } error ? attempt with { Error = error[..EarlierErrorLength] } : attempt;

    private void Set(AlertDeliveryRecord notification)
    {
        _alerts[notification.Id] = notification;
        _changed = true;
    }

    private async Task MergeStoredAsync(CancellationToken cancellationToken)
    {
        var content = await _store.ReadAsync(_matches.Delivery(_channel), cancellationToken);
        _version = content?.Version;
        if (content is null)
        {
            return;
        }

        var stored = JsonSerializer.Deserialize(content.Bytes.Span, AlertJsonContext.Default.DeliveryRecord);
        if (stored is not { Schema: DeliveryRecord.CurrentSchema })
        {
            throw new InvalidDataException($"{_matches.Delivery(_channel)} is no delivery record of schema {DeliveryRecord.CurrentSchema}.");
        }

        Scheduled = Math.Max(Scheduled, stored.Scheduled);
        foreach (var theirs in stored.Alerts)
        {
            if (!_alerts.TryGetValue(theirs.Id, out var ours)
                || (theirs.State, theirs.Attempts.Count).CompareTo((ours.State, ours.Attempts.Count)) > 0)
            {
                _alerts[theirs.Id] = theirs;
            }
        }
    }

    private byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(
        new DeliveryRecord
        {
            Schema = DeliveryRecord.CurrentSchema,
            Matches = _matches.Blob.Path,
            Channel = _channel,
            Scheduled = Scheduled,
            Alerts = [.. _alerts.Values],
        },
        AlertJsonContext.Default.DeliveryRecord);
}
