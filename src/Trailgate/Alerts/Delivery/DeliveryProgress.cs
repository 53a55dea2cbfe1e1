using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Trailgate.Alerts.Channels;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Alerts.Delivery;

/// <summary>
/// The delivery record of one blob of notifications and one channel while a handler works on it. Notes may come from several
/// sends at once; saving merges with what another handler saved meanwhile, and never takes a delivery back.
/// </summary>
internal sealed class DeliveryProgress
{
    // Clocks of machines differ. A claim from further ahead than this was written by one that was wrong, and would keep
    // everybody out until that time: then rather a repetition under the same key.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly IBlobStore _store;
    private readonly MatchesName _matches;
    private readonly string _channel;
    private readonly Dictionary<string, AlertDeliveryRecord> _alerts = [];
    private readonly string _handler = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
    private DeliveryClaim? _claim;
    private string? _version;
    private int _changes;
    private int _saved;
    private bool _isSaving;

    private DeliveryProgress(IBlobStore store, MatchesName matches, string channel)
    {
        _store = store;
        _matches = matches;
        _channel = channel;
    }

    /// <summary>The highest try that a message was sent for, from 1.</summary>
    public int Scheduled { get; private set; } = 1;

    /// <summary>When the first try began; null before it.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>Whether every notification is delivered or dead.</summary>
    public bool IsDone
    {
        get
        {
            lock (_lock)
            {
                return _alerts.Values.All(alert => alert.State != DeliveryState.Pending);
            }
        }
    }

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
        progress._saved = progress._changes;
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

    /// <summary>
    /// Takes the work for a time, so that no other handler sends the same meanwhile: two copies of a message, or one that
    /// came back while its first handler lives on.
    /// </summary>
    /// <returns>How long another one has it; null when it is taken.</returns>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<TimeSpan?> ClaimAsync(TimeSpan length, DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_claim is { } other && other.By != _handler && Parse(other.Until) - now is { } left
                && left > TimeSpan.Zero && left <= length + ClockTolerance)
            {
                return left < length ? left : length;
            }

            _claim = new DeliveryClaim(_handler, EventTime.From(now + length).ToString());
            Since ??= now;
            _version = await _store.ReplaceAsync(_matches.Delivery(_channel), ToBytes(), _version, cancellationToken);
            if (_version is not null)
            {
                return null;
            }

            await MergeStoredAsync(cancellationToken);
        }
    }

    /// <summary>Gives the work back, with the next save.</summary>
    public void Release()
    {
        if (_claim is not null)
        {
            _claim = null;
            NoteChange();
        }
    }

    /// <summary>Notes the end of a try.</summary>
    public void Note(Notification notification, SendResult result, int attempt, TimeSpan took, DateTimeOffset now)
    {
        var at = EventTime.From(now).ToString();
        var milliseconds = (long)took.TotalMilliseconds;
        var (state, made) = result switch
        {
            SendResult.Delivered delivered => (DeliveryState.Delivered, new DeliveryAttempt(attempt, at, milliseconds, delivered.Status, null)),
            SendResult.Failed failed => (DeliveryState.Pending, new DeliveryAttempt(attempt, at, milliseconds, failed.Status, failed.Error)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        lock (_lock)
        {
            Set(_alerts[notification.Id.ToString()].Tried(made, state));
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
        if (attempt > Scheduled)
        {
            Scheduled = attempt;
            NoteChange();
        }
    }

    /// <summary>
    /// Stores what changed since it was read or saved. While a call is at it, others return at once, and leave what they have
    /// to that one.
    /// </summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (!TryBeginSaving())
        {
            return;
        }

        try
        {
            while (TakeChanges() is { } bytes)
            {
                _version = await _store.ReplaceAsync(_matches.Delivery(_channel), bytes, _version, cancellationToken);
                if (_version is null)
                {
                    var claim = _claim;
                    await MergeStoredAsync(cancellationToken);
                    // Whoever came in between did so when this claim was over, and has his own.
                    _claim = _claim is { } other && other.By != _handler ? other : claim;
                    NoteChange();
                }
            }
        }
        catch
        {
            lock (_lock)
            {
                (_saved, _isSaving) = (_changes - 1, false);
            }

            throw;
        }
    }

    private bool TryBeginSaving()
    {
        lock (_lock)
        {
            var begins = !_isSaving;
            _isSaving = true;
            return begins;
        }
    }

    /// <summary>What is to be stored; null for nothing, and then the saving is over: in one step, so that no note falls between.</summary>
    private byte[]? TakeChanges()
    {
        lock (_lock)
        {
            _isSaving = _saved != _changes;
            _saved = _changes;
            return _isSaving ? ToBytes() : null;
        }
    }

    private void NoteChange()
    {
        lock (_lock)
        {
            _changes++;
        }
    }

    private static DateTimeOffset Parse(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private void Set(AlertDeliveryRecord notification)
    {
        _alerts[notification.Id] = notification;
        _changes++;
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
        Since = stored.Since is { } since ? Parse(since) : Since;
        _claim = stored.Claim;
        lock (_lock)
        {
            foreach (var theirs in stored.Alerts)
            {
                if (!_alerts.TryGetValue(theirs.Id, out var ours) || theirs.IsAheadOf(ours))
                {
                    _alerts[theirs.Id] = theirs;
                }
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
            Since = Since is { } since ? EventTime.From(since).ToString() : null,
            Claim = _claim,
            Alerts = [.. _alerts.Values],
        },
        AlertJsonContext.Default.DeliveryRecord);
}
