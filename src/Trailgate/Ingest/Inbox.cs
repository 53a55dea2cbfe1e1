using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Ingest;

/// <summary>
/// Where the accepted events of one store become durable, by group commit: while commits are under way, everything that
/// arrives joins the next one. No timer delays a lone request: an idle committer takes it at once, and lets small ones
/// come together only while others are on their way. Queueing the alerts of a batch is a stage of its own, so that the
/// next commit does not wait for it, nor a request that raises none.
/// </summary>
/// <remarks>Nothing here is cancelled by a client that goes away: what was handed over is committed.</remarks>
public sealed partial class Inbox : IDisposable
{
    /// <summary>A batch is closed at this size, in bytes, unless one request alone is larger.</summary>
    private const long MaxBatchBytes = 8 * 1024 * 1024;

    /// <summary>Up to this size, in bytes, the file and the flushes of a commit cost more than what is written.</summary>
    private const int SmallBytes = 16 * 1024;

    /// <summary>So many answers are one item of work for the pool. All of a commit in one would leave the other cores without work.</summary>
    private const int AnswersAtOnce = 4;

    /// <summary>How often failing commits are reported.</summary>
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(10);

    private readonly Store _store;
    private readonly AlertDispatcher _alerts;
    private readonly TimeProvider _time;
    private readonly ILogger<Inbox> _logger;
    private readonly DedicatedThreads<PendingSubmission> _committers;
    private readonly DedicatedThreads<CommittedBatch> _alerters;
    private long _reportedAt;
    private long _unreported;
    private int _answering;
    private volatile bool _isFailing;

    /// <summary>Starts the threads.</summary>
    public Inbox(Store store, AlertDispatcher alerts, IOptions<IngestOptions> options, TimeProvider time, ILogger<Inbox> logger)
    {
        _store = store;
        _alerts = alerts;
        _time = time;
        _logger = logger;
        var commits = options.Value.Commits;
        _alerters = new DedicatedThreads<CommittedBatch>("trailgate alert", commits, TakeOne, () => QueueAlerts);
        _committers = new DedicatedThreads<PendingSubmission>("trailgate commit", commits, TakeBatch, () =>
        {
            var unnamed = new UnnamedEvents(alerts);
            var writer = new BatchWriter();
            return batch => Commit(batch, unnamed, writer);
        }, pending => pending.Submission.Lines.Length <= SmallBytes);
    }

    /// <summary>How many threads and answers are at work: 0 when nothing more happens by itself. For tests that decide what happens next.</summary>
    internal int Busy => _committers.Busy + _alerters.Busy + Volatile.Read(ref _answering);

    /// <summary>Whether the last commit failed. False before the first one.</summary>
    internal bool IsFailing => _isFailing;

    /// <summary>
    /// Makes a submission durable, and queues the alerts that it raises. When the task ends without an exception, both
    /// have happened.
    /// </summary>
    /// <exception cref="StorageException">
    /// The storage did not take it. Nothing is known to be kept; a repetition is safe, because copies are removed later.
    /// </exception>
    /// <exception cref="InvalidOperationException">The inbox was stopped.</exception>
    internal Task CommitAsync(Submission submission)
    {
        var pending = new PendingSubmission(submission);
        _committers.Add(pending);
        return pending.Task;
    }

    /// <summary>Commits what was handed over, and ends the threads.</summary>
    public void Dispose()
    {
        _committers.Dispose();
        _alerters.Dispose();
    }

    private static void TakeBatch(Queue<PendingSubmission> queue, List<PendingSubmission> batch)
    {
        long bytes = 0;
        while (queue.TryPeek(out var next) && (batch.Count == 0 || bytes + next.Submission.Lines.Length <= MaxBatchBytes))
        {
            bytes += next.Submission.Lines.Length;
            batch.Add(queue.Dequeue());
        }
    }

    private static void TakeOne(Queue<CommittedBatch> queue, List<CommittedBatch> taken) => taken.Add(queue.Dequeue());

    private void Commit(List<PendingSubmission> batch, UnnamedEvents unnamed, BatchWriter writer)
    {
        try
        {
            batch.ForEach(pending => unnamed.TakeFrom(pending.Submission));
            unnamed.NameAll();
            var name = BatchName.New(_time.GetUtcNow());
            writer.Fill(batch);
            var put = _store.Blobs.PutAsync(name, writer.WriteAsync, CancellationToken.None).GetAwaiter().GetResult();
            if (put == PutResult.AlreadyExists && !IsOurs(name, writer))
            {
                throw new StorageException($"The new batch {name} exists already with another content.");
            }

            _isFailing = false;
            NameBatch(batch, name, writer);
            Answer(batch.FindAll(pending => !pending.RaisesAlerts), fault: null);
            var waiting = batch.FindAll(pending => pending.RaisesAlerts);
            if (waiting.Count > 0)
            {
                _alerters.Add(new CommittedBatch(name, writer.TakeMatching(), writer.Quarantined, waiting));
            }
        }
        catch (Exception e) // The edge of this thread: whatever it is, the senders must hear of it and the next batch must go on.
        {
            var fault = e as StorageException ?? new StorageException("The batch could not be committed.", e);
            _isFailing = true;
            Report(batch.Count, fault);
            Answer([.. batch], fault);
        }
        finally
        {
            unnamed.Clear();
            writer.Clear();
        }
    }

    // Before anybody is answered: the requests read it.
    private static void NameBatch(List<PendingSubmission> batch, BlobName name, BatchWriter writer)
    {
        string? sha256 = null;
        foreach (var pending in batch)
        {
            if (pending.Submission.WantsReceipt)
            {
                sha256 ??= Convert.ToHexStringLower(writer.HashAll());
                pending.Submission.Batch = (name, sha256);
            }
        }
    }

    private void QueueAlerts(List<CommittedBatch> batches)
    {
        foreach (var batch in batches)
        {
            try
            {
                _alerts.QueueAsync(_store, batch.Name, batch.Matching, batch.Quarantined, CancellationToken.None).GetAwaiter().GetResult();
            }
            catch (Exception e) // The edge of this thread. The events are durable and accepted; the archive run queues what is missing.
            {
                LogNotQueued(batch.Name, _store, e);
            }

            Answer(batch.Waiting, fault: null);
        }
    }

    // Off this thread, and several answers a work item: waking a pool thread for each costs more than writing the answer.
    private void Answer(List<PendingSubmission> pending, StorageException? fault)
    {
        for (var first = 0; first < pending.Count; first += AnswersAtOnce)
        {
            Interlocked.Increment(ref _answering);
            ThreadPool.UnsafeQueueUserWorkItem(
                static work =>
                {
                    for (var i = work.First; i < work.Pending.Count && i < work.First + AnswersAtOnce; i++)
                    {
                        work.Pending[i].Complete(work.Fault);
                    }

                    Interlocked.Decrement(ref work.Inbox._answering);
                },
                (Inbox: this, Pending: pending, First: first, Fault: fault),
                preferLocal: false);
        }
    }

    // A store that retries by itself can meet its own first try.
    private bool IsOurs(BlobName name, BatchWriter writer)
    {
        var stored = _store.Blobs.ReadAsync(name, CancellationToken.None).GetAwaiter().GetResult();
        return stored is not null && SHA256.HashData(stored.Bytes.Span).AsSpan().SequenceEqual(writer.HashAll());
    }

    // While the storage is away every batch fails: one line in a while says so, with what it stands for.
    private void Report(int requests, StorageException fault)
    {
        var now = _time.GetTimestamp();
        var last = Interlocked.Read(ref _reportedAt);
        var failed = Interlocked.Add(ref _unreported, requests);
        if ((last == 0 || _time.GetElapsedTime(last, now) >= ReportInterval) && Interlocked.CompareExchange(ref _reportedAt, now, last) == last)
        {
            Interlocked.Add(ref _unreported, -failed);
            LogNotCommitted(_store, failed, fault.Message, fault.InnerException is null or IOException ? null : fault.InnerException);
        }
    }

    [LoggerMessage(LogLevel.Error, "The store {Store} did not take {Count} requests, and their senders are told to send them again: {Reason}")]
    private partial void LogNotCommitted(Store store, long count, string reason, Exception? exception);

    [LoggerMessage(LogLevel.Error, "The alerts of {Batch} in the store {Store} could not be queued; the archive run will do it.")]
    private partial void LogNotQueued(BlobName batch, Store store, Exception exception);
}
