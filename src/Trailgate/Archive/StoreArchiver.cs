using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Events;
using Trailgate.Signing;
using Trailgate.Storage;

namespace Trailgate.Archive;

/// <summary>
/// Archives what is in the inbox of one store. Any number may run at once, on any number of machines.
/// </summary>
public sealed partial class StoreArchiver
{
    private readonly ArchiveHooks _hooks;
    private readonly ILogger<StoreArchiver> _logger;
    private readonly PlanStore _plans;
    private readonly Planner _planner;
    private readonly ArchiveRun _run;
    private readonly long _planBytes;
    private PlanMemory? _idleMemory;

    /// <summary>An archiver for one store.</summary>
    public StoreArchiver(
        Store store, TimeProvider time, IOptions<ArchiveOptions> options, SigningKeys signing, ArchiveHooks hooks, ILogger<StoreArchiver> logger)
        : this(store, time, options, signing, hooks, logger, Guid.CreateVersion7)
    {
    }

    internal StoreArchiver(
        Store store, TimeProvider time, IOptions<ArchiveOptions> options, SigningKeys signing, ArchiveHooks hooks, ILogger<StoreArchiver> logger,
        Func<DateTimeOffset, Guid> newRunId)
    {
        var blobs = store.Blobs;
        var reader = new ArchiveReader(blobs);
        Store = store;
        _hooks = hooks;
        _logger = logger;
        _planBytes = options.Value.PlanBytes;
        _plans = new PlanStore(blobs);
        _planner = new Planner(store, reader, time, options.Value, hooks) { NewRunId = newRunId };
        _run = new ArchiveRun(
            blobs, _plans, new PlanLoader(blobs, _plans, reader, hooks, newRunId), new CommitWriter(blobs, reader, signing), hooks);
    }

    /// <summary>Whose inbox it is.</summary>
    public Store Store { get; }

    /// <summary>
    /// Completes the plan that is open, if there is one, then archives until everything that was in the inbox at the start
    /// is archived. It may be stopped at any point: the next call goes on. A failure raises an alert and is thrown; what
    /// was accepted stays in the inbox.
    /// </summary>
    /// <exception cref="ArchiveConflictException">Something else stands where the run writes; nothing was overwritten.</exception>
    /// <exception cref="ArchiveDamagedException">Something that the run must read can not be read; a retry does not help.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop; a retry is safe.</exception>
    public async Task<ArchiveSummary> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var done = await ArchiveAllAsync(cancellationToken);
            await IndexAsync(cancellationToken);
            await _hooks.CheckAsync(cancellationToken);
            return done;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            await AlertAsync(e, cancellationToken);
            throw;
        }
    }

    private async Task<ArchiveSummary> ArchiveAllAsync(CancellationToken cancellationToken)
    {
        string? until = null;
        await foreach (var path in Store.Blobs.ListPathsAsync(Containers.Inbox, BatchName.Prefix, cancellationToken))
        {
            until = path;
        }

        // A run beside this one, if there is any, has memory of its own.
        var memory = Interlocked.Exchange(ref _idleMemory, null) ?? new PlanMemory(_planBytes);
        try
        {
            return await ArchiveUntilAsync(until, memory, cancellationToken);
        }
        finally
        {
            memory.Trim();
            _idleMemory = memory;
        }
    }

    private async Task<ArchiveSummary> ArchiveUntilAsync(string? until, PlanMemory memory, CancellationToken cancellationToken)
    {
        var damaged = new HashSet<string>(StringComparer.Ordinal);
        var total = default(ArchiveSummary);
        var isLast = false;
        while (!isLast)
        {
            cancellationToken.ThrowIfCancellationRequested();
            memory.Clear();
            PlanContent? content = null;
            var current = await _plans.ReadAsync(cancellationToken);
            if (current is not { Plan.State: PlanState.Open })
            {
                // What is planned was listed after the plan before was read as done: its batches are deleted.
                if (await _planner.PlanAsync(current?.Plan, until, memory, damaged, cancellationToken) is not var (next, planned))
                {
                    break;
                }

                // A plan made here that reaches the last batch of the start has all of them behind it. Whether batches that
                // sort before that one keep coming, because its name was made by a clock that was ahead, does not matter.
                current = await _plans.ReplaceAsync(next, current?.Version, cancellationToken);
                content = planned;
                isLast = current is not null && (next.Batches.Count == 0 || string.CompareOrdinal(next.Batches[^1].Name, until) >= 0);
            }

            if (current is not null)
            {
                var done = await _run.ExecuteAsync(current, content, memory, damaged, cancellationToken);
                // Unless another run changed the plan meanwhile.
                isLast &= done.Plans > 0;
                total = total.Add(done);
                LogPlan(Store, current.Plan.RunId, done.Batches, done.Segments, done.Counts);
            }
        }

        return total with { Damaged = damaged.Count };
    }

    private async Task IndexAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _hooks.IndexAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The events are archived, and queries find them without an index.
            LogNotIndexed(Store, e);
        }
    }

    private async Task AlertAsync(Exception failure, CancellationToken cancellationToken)
    {
        LogFailed(Store, failure);
        try
        {
            await _hooks.RaiseAsync(PipelineAlerts.FailedRun(failure), PipelineAlerts.FailedRunMessage(failure), cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The failure itself is thrown on; where the storage is down, the alert can not be kept either.
            LogAlertFailed(Store, e);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Store {Store}, plan {RunId}: {Batches} batches, {Segments} segments, {Counts}.")]
    private partial void LogPlan(Store store, Guid runId, int batches, int segments, ArchiveCounts counts);

    [LoggerMessage(LogLevel.Error, "The archive run of the store {Store} failed; accepted events wait in its inbox.")]
    private partial void LogFailed(Store store, Exception exception);

    [LoggerMessage(LogLevel.Warning, "The index of the store {Store} could not be brought up to date; queries are slower until a later run does it.")]
    private partial void LogNotIndexed(Store store, Exception exception);

    [LoggerMessage(LogLevel.Error, "The alert about the failed archive run of the store {Store} could not be raised.")]
    private partial void LogAlertFailed(Store store, Exception exception);
}
