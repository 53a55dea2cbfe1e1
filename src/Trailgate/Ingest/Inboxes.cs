using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Storage;

namespace Trailgate.Ingest;

/// <summary>
/// The inbox of each store. They share nothing, and of the memory for bodies in flight each takes its share at most, so that
/// a store that is slow or away holds up no other.
/// </summary>
public sealed class Inboxes : IDisposable
{
    private readonly Dictionary<Store, Inbox> _inboxes;
    private readonly Dictionary<Store, InFlightBudget> _budgets;
    private readonly long _share;

    /// <summary>Starts the threads.</summary>
    public Inboxes(Stores stores, AlertDispatcher alerts, IOptions<IngestOptions> options, TimeProvider time, ILogger<Inbox> logger)
    {
        _share = options.Value.InFlightBytes / stores.All.Count;
        _inboxes = stores.All.ToDictionary(store => store, store => new Inbox(store, alerts, options, time, logger));
        _budgets = stores.All.ToDictionary(store => store, _ => new InFlightBudget(_share));
    }

    /// <summary>
    /// Makes a submission durable in its store: first the full events of those that were limited, then the lines. See
    /// <see cref="Inbox.CommitAsync"/>.
    /// </summary>
    /// <exception cref="StorageException">
    /// As there; also when so much waits for the store that others would get no room. Nothing was kept then.
    /// </exception>
    internal Task CommitAsync(Submission submission)
    {
        if (_inboxes.Count > 1)
        {
            return CommitInShareAsync(submission);
        }

        return submission.Overflows.Count == 0 ? _inboxes[submission.Store].CommitAsync(submission) : CommitAllAsync(submission);
    }

    /// <summary>Whether a store did not take the last batch that it was given.</summary>
    internal bool IsFailing(Store store) => _inboxes[store].IsFailing;

    /// <summary>How much is at work in all of them; see <see cref="Inbox.Busy"/>.</summary>
    internal int Busy => _inboxes.Values.Sum(static inbox => inbox.Busy);

    /// <summary>Commits what was handed over, and ends the threads.</summary>
    public void Dispose()
    {
        foreach (var inbox in _inboxes.Values)
        {
            inbox.Dispose();
        }
    }

    private async Task CommitInShareAsync(Submission submission)
    {
        // One that is larger than the share must get in as well, when little else waits.
        var bytes = Math.Min(submission.Lines.Length + submission.Overflows.Sum(overflow => overflow.Content.LongLength), _share / 2);
        var budget = _budgets[submission.Store];
        if (!budget.TryTake(bytes))
        {
            throw new StorageException($"Too much waits for the store '{submission.Store}'.");
        }

        try
        {
            await CommitAllAsync(submission);
        }
        finally
        {
            budget.Return(bytes);
        }
    }

    private async Task CommitAllAsync(Submission submission)
    {
        await OverflowWriter.WriteAsync(submission, CancellationToken.None);
        await _inboxes[submission.Store].CommitAsync(submission);
    }
}
