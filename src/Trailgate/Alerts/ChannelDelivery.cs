using Trailgate.Storage;

namespace Trailgate.Alerts;

/// <summary>
/// One pass over the notifications of one blob of a store for one channel: sends what this try has not sent yet, records
/// it, and queues what is left to do. At least once: what was sent in the last second before a crash may be sent again, with the
/// same notification id.
/// </summary>
internal sealed class ChannelDelivery(
    Store store, IMessageQueue queue, DeadLetters deadLetters, RetrySchedule schedule, TimeProvider time)
{
    /// <summary>
    /// How long one message may send before the rest goes into a new one. Well below the lease, so that no second handler
    /// gets the message meanwhile.
    /// </summary>
    public static readonly TimeSpan Slice = TimeSpan.FromMinutes(2);

    private const int SendsAtOnce = 4;
    private static readonly TimeSpan BetweenSaves = TimeSpan.FromSeconds(1);

    /// <param name="matches">The blob that the notifications are from.</param>
    /// <param name="notifications">Its notifications.</param>
    /// <param name="channel">Where to send them.</param>
    /// <param name="attempt">Which try this is, from 1.</param>
    /// <param name="cancellationToken">Stops after the sends in flight; what was sent is recorded all the same.</param>
    /// <exception cref="StorageException">Something could not be recorded or queued: handle the message again.</exception>
    public async Task RunAsync(
        MatchesName matches, IReadOnlyList<Notification> notifications, AlertChannel channel, int attempt, CancellationToken cancellationToken)
    {
        var progress = await DeliveryProgress.OpenAsync(store.Blobs, matches, channel.Name, notifications, cancellationToken);
        if (attempt < progress.Scheduled)
        {
            return;
        }

        var pass = new Pass();
        try
        {
            await SendDueAsync(progress, notifications, channel, attempt, pass, cancellationToken);
        }
        finally
        {
            // Also when stopping: what was sent and not recorded would be sent again.
            await progress.SaveAsync(CancellationToken.None);
        }

        await BuryAsync(progress, matches, notifications, channel, attempt, pass, cancellationToken);
        await ScheduleRestAsync(progress, matches, notifications, channel, attempt, pass, cancellationToken);
        await progress.SaveAsync(cancellationToken);
    }

    private async Task SendDueAsync(
        DeliveryProgress progress, IReadOnlyList<Notification> notifications, AlertChannel channel, int attempt, Pass pass, CancellationToken cancellationToken)
    {
        var due = notifications.Where(notification => progress[notification] is { State: DeliveryState.Pending } known && known.Attempts.Count < attempt);
        var started = time.GetTimestamp();
        var saved = started;
        foreach (var some in due.ToList().Chunk(SendsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (time.GetElapsedTime(started) >= Slice)
            {
                pass.IsCut = true;
                return;
            }

            await Task.WhenAll(some.Select(async notification =>
            {
                var result = await channel.Send(notification, cancellationToken);
                progress.Note(notification, result, time.GetUtcNow());
                pass.Note(notification, result);
            }));
            if (time.GetElapsedTime(saved) >= BetweenSaves)
            {
                await progress.SaveAsync(cancellationToken);
                saved = time.GetTimestamp();
            }
        }
    }

    /// <summary>Dead letters first, then the alert about them, then the record: a crash in between repeats, and loses nothing.</summary>
    private async Task BuryAsync(
        DeliveryProgress progress, MatchesName matches, IReadOnlyList<Notification> notifications, AlertChannel channel, int attempt, Pass pass, CancellationToken cancellationToken)
    {
        // After the last try no message follows, so nothing may stay pending.
        var isLast = attempt >= RetrySchedule.MaxAttempts && !pass.IsCut;
        var tellOf = false;
        foreach (var notification in notifications)
        {
            var known = progress[notification];
            if (known.State == DeliveryState.Pending && (isLast || pass.IsRefused(notification)))
            {
                await deadLetters.AddAsync(channel.Name, notification, known.Attempts, cancellationToken);
                progress.NoteDead(notification);
            }

            tellOf |= progress[notification].State == DeliveryState.Dead && !notification.IsPipeline;
        }

        if (tellOf)
        {
            await deadLetters.RaiseAsync(channel.Name, matches, cancellationToken);
        }
    }

    private async Task ScheduleRestAsync(
        DeliveryProgress progress, MatchesName matches, IReadOnlyList<Notification> notifications, AlertChannel channel, int attempt, Pass pass, CancellationToken cancellationToken)
    {
        var message = new DeliveryMessage(matches) { Channel = channel.Name, Attempt = attempt };
        if (pass.IsCut)
        {
            await queue.SendAsync(message.ToBytes(), TimeSpan.Zero, cancellationToken);
        }
        else if (notifications.Any(notification => progress[notification].State == DeliveryState.Pending)
            && schedule.WaitAfter(attempt, pass.RetryAfter) is { } wait)
        {
            await queue.SendAsync((message with { Attempt = attempt + 1 }).ToBytes(), wait, cancellationToken);
            progress.NoteScheduled(attempt + 1);
        }
    }

    /// <summary>What one pass learned beyond the record. Notes come from several sends at once.</summary>
    private sealed class Pass
    {
        private readonly Lock _lock = new();
        private readonly HashSet<AlertId> _refused = [];

        public bool IsCut { get; set; }

        public TimeSpan? RetryAfter { get; private set; }

        public bool IsRefused(Notification notification) => _refused.Contains(notification.Id);

        public void Note(Notification notification, SendResult result)
        {
            if (result is not SendResult.Failed failed)
            {
                return;
            }

            lock (_lock)
            {
                RetryAfter = failed.RetryAfter > (RetryAfter ?? TimeSpan.Zero) ? failed.RetryAfter : RetryAfter;
                if (failed.Gone)
                {
                    _refused.Add(notification.Id);
                }
            }
        }
    }
}
