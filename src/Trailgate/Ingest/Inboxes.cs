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
    private readonly long _share;

    /// <summary>Starts the threads.</summary>
    public Inboxes(Stores stores, AlertDispatcher alerts, IOptions<IngestOptions> options, TimeProvider time, ILogger<Inbox> logger)
    {
        _inboxes = stores.All.ToDictionary(store => store, store => new Inbox(store, alerts, options, time, logger));
        _share = stores.IsSingle ? long.MaxValue : options.Value.InFlightBytes / stores.All.Count;
    }

    /// <summary>Makes a submission durable in its store. See <see cref="Inbox.CommitAsync"/>.</summary>
    /// <exception cref="StorageException">
    /// As there; also when so much waits for the store that others would get no room. Nothing was kept then.
    /// </exception>
    internal Task CommitAsync(Submission submission)
    {
        var inbox = _inboxes[submission.Store];
        var pending = inbox.PendingBytes;
        return pending == 0 || pending + submission.Lines.Length <= _share
            ? inbox.CommitAsync(submission)
            : Task.FromException(new StorageException($"The store '{submission.Store}' is behind: {pending} bytes wait for it."));
    }

    /// <summary>Commits what was handed over, and ends the threads.</summary>
    public void Dispose()
    {
        foreach (var inbox in _inboxes.Values)
        {
            inbox.Dispose();
        }
    }
}
