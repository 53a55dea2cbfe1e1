using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Ingest;

/// <summary>
/// Where accepted events become durable, by group commit: while commits are under way, everything that arrives joins the
/// next one. No timer delays a lone request: an idle committer takes it at once.
/// </summary>
/// <remarks>
/// Commits run on threads of their own, because a disk flush blocks its thread and the thread pool has no more threads
/// than the machine has cores. Nothing here is cancelled by a client that goes away: what was handed over is committed.
/// </remarks>
public sealed partial class Inbox : IDisposable
{
    /// <summary>A batch is closed at this size, in bytes, unless one request alone is larger.</summary>
    private const long MaxBatchBytes = 8 * 1024 * 1024;

    private readonly IBlobStore _store;
    private readonly AlertDispatcher _alerts;
    private readonly TimeProvider _time;
    private readonly ILogger<Inbox> _logger;
    private readonly object _lock = new();
    private readonly Queue<Pending> _pending = new();
    private readonly Thread[] _committers;
    private bool _stopping;

    /// <summary>Starts the committers.</summary>
    public Inbox(IBlobStore store, AlertDispatcher alerts, IOptions<IngestOptions> options, TimeProvider time, ILogger<Inbox> logger)
    {
        _store = store;
        _alerts = alerts;
        _time = time;
        _logger = logger;
        _committers = new Thread[options.Value.Commits];
        for (var i = 0; i < _committers.Length; i++)
        {
            _committers[i] = new Thread(CommitUntilStopped) { IsBackground = true, Name = $"trailgate commit {i + 1}" };
            _committers[i].Start();
        }
    }

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
        var pending = new Pending(submission);
        lock (_lock)
        {
            if (_stopping)
            {
                throw new InvalidOperationException("The inbox was stopped; nothing is taken any more.");
            }

            _pending.Enqueue(pending);
            Monitor.Pulse(_lock);
        }

        return pending.Task;
    }

    /// <summary>Commits what was handed over, and ends the committers.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopping = true;
            Monitor.PulseAll(_lock);
        }

        foreach (var committer in _committers)
        {
            committer.Join();
        }
    }

    private void CommitUntilStopped()
    {
        var writer = new BatchWriter();
        List<Pending> batch = [];
        while (TakeBatch(batch))
        {
            Commit(batch, writer);
            batch.Clear();
        }
    }

    private bool TakeBatch(List<Pending> batch)
    {
        lock (_lock)
        {
            while (_pending.Count == 0)
            {
                if (_stopping)
                {
                    return false;
                }

                Monitor.Wait(_lock);
            }

            long bytes = 0;
            while (_pending.TryPeek(out var next) && (batch.Count == 0 || bytes + next.Submission.Lines.Length <= MaxBatchBytes))
            {
                bytes += next.Submission.Lines.Length;
                batch.Add(_pending.Dequeue());
            }

            return true;
        }
    }

    private void Commit(List<Pending> batch, BatchWriter writer)
    {
        try
        {
            var name = BatchName.New(_time.GetUtcNow());
            writer.Fill(batch);
            var put = _store.PutAsync(name, writer.WriteAsync, CancellationToken.None).GetAwaiter().GetResult();
            if (put == PutResult.AlreadyExists && !IsOurs(name, writer))
            {
                throw new StorageException($"The new batch {name} exists already with another content.");
            }

            CompleteWithoutAlerts(batch);
            if (batch.Count > 0)
            {
                _alerts.QueueAsync(name, writer.Matching, writer.Quarantined, CancellationToken.None).GetAwaiter().GetResult();
                Complete(batch);
            }
        }
        catch (Exception e) // The edge of this thread: whatever it is, the senders must hear of it and the next batch must go on.
        {
            LogNotCommitted(batch.Count, e);
            foreach (var pending in batch)
            {
                pending.Fail(e as StorageException ?? new StorageException("The batch could not be committed.", e));
            }
        }
        finally
        {
            writer.Clear();
        }
    }

    // A store that retries by itself can meet its own first try.
    private bool IsOurs(BlobName name, BatchWriter writer)
    {
        var stored = _store.ReadAsync(name, CancellationToken.None).GetAwaiter().GetResult();
        return stored is not null && SHA256.HashData(stored.Bytes.Span).AsSpan().SequenceEqual(writer.HashAll());
    }

    private static void CompleteWithoutAlerts(List<Pending> batch)
    {
        batch.RemoveAll(pending =>
        {
            var done = pending.Submission is { Matching.Count: 0, Quarantined: 0 };
            if (done)
            {
                pending.Complete();
            }

            return done;
        });
    }

    private static void Complete(List<Pending> batch)
    {
        foreach (var pending in batch)
        {
            pending.Complete();
        }
    }

    [LoggerMessage(LogLevel.Error, "A batch of {Count} requests could not be committed; their senders are told to send them again.")]
    private partial void LogNotCommitted(int count, Exception exception);

    /// <summary>A submission that waits for its commit.</summary>
    internal sealed class Pending(Submission submission)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Submission Submission => submission;

        public Task Task => _done.Task;

        public void Complete() => _done.TrySetResult();

        public void Fail(StorageException exception) => _done.TrySetException(exception);
    }
}
