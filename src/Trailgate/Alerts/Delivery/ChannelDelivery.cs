using Trailgate.Alerts.Channels;
using Trailgate.Storage;

namespace Trailgate.Alerts.Delivery;

/// <summary>
/// One pass over the notifications of one blob of a store for one channel: sends what this try has not sent yet, records
/// it, and queues what is left to do. At least once: what was sent just before a crash, and not written down yet, may be sent
/// again, with the same idempotency key.
/// </summary>
internal sealed class ChannelDelivery(
    Store store, IMessageQueue queue, DeadLetters deadLetters, ChannelStates states, RetrySchedule schedule, TimeProvider time)
{
    /// <summary>
    /// How long one message may send before the rest goes into a new one. Well below the lease, so that no second handler
    /// gets the message meanwhile.
    /// </summary>
    public static readonly TimeSpan Slice = TimeSpan.FromMinutes(2);

    /// <summary>How long a handler keeps others out, should it die: a slice, its last sends and some seconds to record them.</summary>
    public static readonly TimeSpan Claim = Slice + TimeSpan.FromSeconds(30);

    private const int SendsAtOnce = 4;

    // What was answered is written down at once, so that a crash finds little to send again; but no more often than so many
    // times in one pass, because a record of thousands is long.
    private const int MaxSaves = 100;

    /// <param name="message">What is handled. It names the blob, and the channel's name stands in it.</param>
    /// <param name="notifications">What stands in the blob.</param>
    /// <param name="channel">Where to send it.</param>
    /// <param name="cancellationToken">Stops after the sends in flight; what was sent is recorded all the same.</param>
    /// <exception cref="StorageException">Something could not be recorded or queued: handle the message again.</exception>
    public async Task RunAsync(
        DeliveryMessage message, IReadOnlyList<Notification> notifications, AlertChannel channel, CancellationToken cancellationToken)
    {
        var progress = await DeliveryProgress.OpenAsync(store.Blobs, message.Matches, channel.Name, notifications, cancellationToken);
        if (message.Attempt < progress.Scheduled || progress.IsDone)
        {
            return;
        }

        if (await progress.ClaimAsync(Claim, time.GetUtcNow(), cancellationToken) is { } left)
        {
            await queue.SendAsync(message.ToBytes(), left, cancellationToken);
            return;
        }

        try
        {
            await SendAndScheduleAsync(progress, message, notifications, channel, cancellationToken);
        }
        finally
        {
            // Also when stopping: what was sent and not recorded would be sent again.
            progress.Release();
            await progress.SaveAsync(CancellationToken.None);
        }
    }

    private async Task SendAndScheduleAsync(
        DeliveryProgress progress, DeliveryMessage message, IReadOnlyList<Notification> notifications, AlertChannel channel, CancellationToken cancellationToken)
    {
        // Another one may have done it between the reading and the claim.
        if (message.Attempt < progress.Scheduled)
        {
            return;
        }

        var pass = new Pass();
        var disabled = await states.FindAsync(channel, cancellationToken);
        if (disabled is null)
        {
            await SendDueAsync(progress, notifications, channel, message.Attempt, pass, cancellationToken);
            disabled = pass.GoneBecause is { } said ? await states.DisableAsync(channel, said, cancellationToken) : null;
        }

        if (progress.IsDone)
        {
            return;
        }

        var wait = pass.IsCut ? null : schedule.WaitAfter(message.Attempt, time.GetUtcNow() - (progress.Since ?? time.GetUtcNow()), pass.RetryAfter);
        var hopeless = disabled is not null
            ? $"The channel is disabled since {disabled.DisabledAt}: its receiver answered 410."
            : wait is null && !pass.IsCut
                ? $"It was not delivered within {RetrySchedule.Span.TotalHours:0} hours."
                : null;
        await BuryAsync(progress, notifications, channel, pass, hopeless, cancellationToken);
        if (pass.IsCut && !progress.IsDone)
        {
            await queue.SendAsync(message.ToBytes(), TimeSpan.Zero, cancellationToken);
        }
        else if (wait is { } later && !progress.IsDone)
        {
            await queue.SendAsync((message with { Attempt = message.Attempt + 1 }).ToBytes(), later, cancellationToken);
            progress.NoteScheduled(message.Attempt + 1);
        }
    }

    private async Task SendDueAsync(
        DeliveryProgress progress, IReadOnlyList<Notification> notifications, AlertChannel channel, int attempt, Pass pass, CancellationToken cancellationToken)
    {
        // Those that were tried least come first: one that always fails must not keep the others from their turn.
        var due = notifications
            .Select(notification => (Notification: notification, Known: progress[notification]))
            .Where(one => one.Known.State == DeliveryState.Pending && (one.Known.Attempts.Count == 0 || one.Known.Attempts[^1].Number < attempt))
            .OrderBy(one => one.Known.Attempts.Count)
            .Select(one => one.Notification)
            .DistinctBy(notification => notification.Id)
            .ToList();
        pass.Due = due.Count;
        var started = time.GetTimestamp();
        foreach (var some in due.Chunk(SendsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (time.GetElapsedTime(started) >= Slice)
            {
                pass.IsCut = true;
                return;
            }

            await Task.WhenAll(some.Select(notification => SendOneAsync(progress, notification, channel, attempt, pass, cancellationToken)));
            if (pass.IsOver)
            {
                return;
            }
        }
    }

    private async Task SendOneAsync(
        DeliveryProgress progress, Notification notification, AlertChannel channel, int attempt, Pass pass, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var result = await channel.Send(notification, cancellationToken);
        if (result is not SendResult.Spared)
        {
            progress.Note(notification, result, attempt, time.GetElapsedTime(began), time.GetUtcNow());
        }

        if (pass.Note(notification, result))
        {
            await progress.SaveAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Dead letters first, then the alert about them, then the record: a crash in between repeats, and loses nothing. What
    /// was tried is recorded before all that, because writing many letters takes its time.
    /// </summary>
    private async Task BuryAsync(
        DeliveryProgress progress, IReadOnlyList<Notification> notifications, AlertChannel channel, Pass pass, string? hopeless, CancellationToken cancellationToken)
    {
        var dead = notifications
            .Where(notification => progress[notification].State == DeliveryState.Pending && (hopeless is not null || pass.IsRefused(notification)))
            .DistinctBy(notification => notification.Id)
            .ToList();
        await progress.SaveAsync(cancellationToken);
        if (dead.Count == 0)
        {
            return;
        }

        foreach (var notification in dead)
        {
            await deadLetters.AddAsync(
                channel.Name, notification, hopeless ?? "The receiver refused it for good.", progress[notification].Attempts, cancellationToken);
        }

        if (dead.Exists(notification => !notification.IsPipeline))
        {
            await deadLetters.RaiseAsync(channel.Name, cancellationToken);
        }

        dead.ForEach(progress.NoteDead);
    }

    /// <summary>What one pass learned beyond the record. Notes come from several sends at once.</summary>
    private sealed class Pass
    {
        private readonly Lock _lock = new();
        private readonly HashSet<AlertId> _refused = [];
        private int _answered;

        /// <summary>How many are to be sent.</summary>
        public int Due { get; set; }

        /// <summary>The time of one message is over, and the rest goes into another.</summary>
        public bool IsCut { get; set; }

        /// <summary>Nothing more is to be sent now: the receiver does not take it, or asked to be left alone.</summary>
        public bool IsOver { get; private set; }

        public TimeSpan? RetryAfter { get; private set; }

        /// <summary>What the receiver said that is gone for good.</summary>
        public string? GoneBecause { get; private set; }

        public bool IsRefused(Notification notification) => _refused.Contains(notification.Id);

        /// <summary>Notes the end of a try.</summary>
        /// <returns>Whether it is to be written down now; the last one is at the end of the pass.</returns>
        public bool Note(Notification notification, SendResult result)
        {
            lock (_lock)
            {
                _answered++;
                IsOver |= result is SendResult.Spared or SendResult.Failed { RetryAfter: not null } or SendResult.Failed { Gone: true };
                if (result is SendResult.Failed failed)
                {
                    NoteFailed(notification, failed);
                }

                return _answered < Due && _answered % Math.Max(1, Due / MaxSaves) == 0;
            }
        }

        private void NoteFailed(Notification notification, SendResult.Failed failed)
        {
            RetryAfter = failed.RetryAfter > (RetryAfter ?? TimeSpan.Zero) ? failed.RetryAfter : RetryAfter;
            GoneBecause = failed.Gone ? failed.Error : GoneBecause;
            if (failed.IsPermanent && !failed.Gone)
            {
                _refused.Add(notification.Id);
            }
        }
    }
}
