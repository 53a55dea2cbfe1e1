using System.Buffers;
using Microsoft.Extensions.Logging;
using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Rules;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Alerts;

/// <summary>
/// Turns matches into durable work: one write-once blob of alerts for each batch, in the batch's store, one queue message
/// that names it, and a mark that the message was sent. In this order, so that a crash at any point loses nothing: what is
/// not marked is queued again by the archive run, under the same alert ids.
/// </summary>
public sealed partial class AlertDispatcher(
    Stores stores, IMessageQueue queue, ActiveRules rules, TimeProvider time, ILogger<AlertDispatcher> logger)
{
    private const string Warning = "warning";
    private const string Critical = "critical";

    private readonly Lock _lock = new();
    private Task _marking = Task.CompletedTask;
    private int _marks;

    /// <summary>A dispatcher whose rules never change.</summary>
    public AlertDispatcher(Stores stores, IMessageQueue queue, RuleSet rules, TimeProvider time, ILogger<AlertDispatcher> logger)
        : this(stores, queue, new ActiveRules(rules), time, logger)
    {
    }

    /// <summary>Ends when all marks of batches queued so far are written or given up.</summary>
    internal Task MarksWritten
    {
        get
        {
            lock (_lock)
            {
                return _marking;
            }
        }
    }

    /// <summary>How many marks are being written.</summary>
    internal int MarksUnderWay => Volatile.Read(ref _marks);

    /// <summary>
    /// False when no channel is configured here: then ingest only writes the alerts, and its senders do not wait for a
    /// message that nobody would send on. The archive run queues what is not marked all the same: it may run elsewhere, with
    /// channels, and one may be configured meanwhile.
    /// </summary>
    public bool HasChannels { get; init; } = true;

    /// <summary>Set whenever this process queued something.</summary>
    internal AlertSignal Queued { get; } = new();

    /// <summary>Whether any rule matches. Ingest asks for every event: see <see cref="RuleSet.Matches"/> for what it costs.</summary>
    /// <param name="line">What was read of the event.</param>
    /// <param name="bytes">Its normalized line.</param>
    public bool Matches(in EventLine line, ReadOnlySpan<byte> bytes) => rules.Current.Matches(line, bytes);

    /// <summary>
    /// Writes and queues the alerts of a batch. To be called after the batch is durable and before its senders get their
    /// answer. Storage faults are logged, not thrown: the events are accepted, and <see cref="CatchUpAsync"/> makes up for
    /// it before the batch is deleted. Writes nothing when there is nothing to tell.
    /// </summary>
    /// <param name="store">The store that the batch is in.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="matchingLines">Its normalized lines for which <see cref="Matches"/> was true, in their order.</param>
    /// <param name="quarantined">How many of its items are no event.</param>
    /// <param name="cancellationToken">Stops the attempt; the archive run then makes up for it.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task QueueAsync(
        Store store, BlobName batch, IReadOnlyList<ReadOnlyMemory<byte>> matchingLines, int quarantined, CancellationToken cancellationToken)
    {
        if (Describe(batch, matchingLines, quarantined) is not { } content)
        {
            return;
        }

        var name = MatchesName.OfBatch(store, batch);
        try
        {
            if (!HasChannels)
            {
                await store.Blobs.PutAsync(name.Blob, content, cancellationToken);
                return;
            }

            await PutAndSendAsync(store, name, content, cancellationToken);
        }
        catch (StorageException e)
        {
            LogNotQueued(batch, e);
            return;
        }

        // Not awaited: the mark only spares the archive run a second message.
        lock (_lock)
        {
            _marking = Task.WhenAll(_marking, MarkLaterAsync(store, name));
        }
    }

    /// <summary>
    /// Makes sure that the alerts of a batch are queued. To be called by the archive run before it deletes the batch. Safe
    /// to retry; queues again what is not marked, and delivery sorts out what it sent already.
    /// </summary>
    /// <exception cref="StorageException">The alerts may not be queued: the batch must stay.</exception>
    public async Task CatchUpAsync(Store store, BlobName batch, Batch content, CancellationToken cancellationToken)
    {
        var now = rules.Current;
        var matching = new List<ReadOnlyMemory<byte>>();
        foreach (var line in content.Lines)
        {
            if (!line.Span.StartsWith(QuarantinedItem.LineStart) && EventLine.TryRead(line.Span, out var parsed) && now.Matches(parsed, line.Span))
            {
                matching.Add(line);
            }
        }

        if (Describe(batch, matching, content.Trailer.Regions.Values.Sum(counts => counts.Quarantined)) is not { } alerts)
        {
            return;
        }

        var name = MatchesName.OfBatch(store, batch);
        if (await store.Blobs.ExistsAsync(name.Mark, cancellationToken) && await store.Blobs.ExistsAsync(name.Blob, cancellationToken))
        {
            return;
        }

        await PutAndSendAsync(store, name, alerts, cancellationToken);
        await MarkAsync(store, name, cancellationToken);
        if (HasChannels)
        {
            LogCaughtUp(batch); // without one it is how things are, and no word for people
        }
    }

    /// <summary>
    /// Raises an alert about the pipeline itself: a failing run, a damaged batch, a dead letter. Raising the same subject
    /// again does nothing, for ever: a subject names one occurrence. It is kept in the default store, whichever store it is
    /// about, because that one may be the trouble. Safe to retry.
    /// </summary>
    /// <param name="subject">What it is about, such as a run id or a blob's name. No secrets, no event data.</param>
    /// <param name="message">What happened, for people. No secrets, no event data.</param>
    /// <param name="cancellationToken">Stops the attempt; a retry is safe.</param>
    /// <exception cref="StorageException">The alert may not be queued.</exception>
    public async Task RaiseAsync(string subject, string message, CancellationToken cancellationToken)
    {
        var alert = Alert.OfPipeline(subject, Critical, message, time.GetUtcNow());
        var store = stores.Default;
        var name = MatchesName.OfPipeline(store, alert.Id);
        if (await store.Blobs.ExistsAsync(name.Mark, cancellationToken))
        {
            return;
        }

        await PutAndSendAsync(store, name, (byte[])[.. alert.Json.Span, (byte)'\n'], cancellationToken);
        await MarkAsync(store, name, cancellationToken);
        LogRaised(subject, message);
    }

    /// <summary>
    /// The alerts of a batch, one a line; null for none. Depends on the batch alone (times come from its name), so that
    /// ingest and archive run write the same bytes.
    /// </summary>
    private ReadOnlyMemory<byte>? Describe(BlobName batch, IReadOnlyList<ReadOnlyMemory<byte>> matchingLines, int quarantined)
    {
        if (matchingLines.Count == 0 && quarantined == 0)
        {
            return null;
        }

        var raisedAt = BatchTime.Read(batch);
        var content = new ArrayBufferWriter<byte>(4096);
        var seen = new HashSet<AlertId>();
        var now = rules.Current;
        var matching = new List<AlertRule>();
        foreach (var line in matchingLines)
        {
            if (!EventLine.TryRead(line.Span, out var parsed))
            {
                continue;
            }

            now.Match(parsed, line.Span, matching);
            foreach (var rule in matching)
            {
                // A batch can hold copies of one event.
                if (seen.Add(AlertId.Of(rule, parsed.Id)))
                {
                    Append(content, Alert.OfEvent(rule, parsed, line.Span, raisedAt));
                }
            }
        }

        if (quarantined > 0)
        {
            Append(content, Alert.OfPipeline(
                $"quarantined/{BatchName.Stem(batch)}", Warning, $"{quarantined} received items are no events and go to quarantine.", raisedAt));
        }

        return content.WrittenCount > 0 ? content.WrittenMemory : null;
    }

    private static void Append(ArrayBufferWriter<byte> content, Alert alert)
    {
        content.Write(alert.Json.Span);
        content.Write("\n"u8);
    }

    private async Task PutAndSendAsync(Store store, MatchesName name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        // What stands there was written for the same batch or subject. It differs only when a pipeline alert was raised at
        // another time, or when rules were switched in between; the first word stands.
        await store.Blobs.PutAsync(name.Blob, content, cancellationToken);
        await queue.SendAsync(new DeliveryMessage(name).ToBytes(), TimeSpan.Zero, cancellationToken);
        Queued.Set();
    }

    private async Task MarkLaterAsync(Store store, MatchesName name)
    {
        Interlocked.Increment(ref _marks);
        // Never on the caller's time, not even up to the first wait.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await MarkAsync(store, name, CancellationToken.None);
        }
        catch (StorageException e)
        {
            LogNotMarked(name.Key, e);
        }
        finally
        {
            Interlocked.Decrement(ref _marks);
        }
    }

    private static Task<PutResult> MarkAsync(Store store, MatchesName name, CancellationToken cancellationToken) =>
        store.Blobs.PutAsync(name.Mark, ReadOnlyMemory<byte>.Empty, cancellationToken);

    [LoggerMessage(LogLevel.Warning, "The alerts of {Batch} could not be queued; the archive run will do it.")]
    private partial void LogNotQueued(BlobName batch, Exception exception);

    [LoggerMessage(LogLevel.Information, "The alerts of {Batch} were queued by the archive run.")]
    private partial void LogCaughtUp(BlobName batch);

    [LoggerMessage(LogLevel.Warning, "The queued alerts {Key} could not be marked; they may be queued once more.")]
    private partial void LogNotMarked(string key, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Pipeline alert about {Subject}: {Message}")]
    private partial void LogRaised(string subject, string message);
}
