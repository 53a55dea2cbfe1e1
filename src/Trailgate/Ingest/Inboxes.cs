using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Storage;

namespace Trailgate.Ingest;

/// <summary>The inbox of each store. They share nothing, so that a store that is slow or away holds up no other.</summary>
public sealed class Inboxes : IDisposable
{
    private readonly Dictionary<Store, Inbox> _inboxes;

    /// <summary>Starts the threads.</summary>
    public Inboxes(Stores stores, AlertDispatcher alerts, IOptions<IngestOptions> options, TimeProvider time, ILogger<Inbox> logger) =>
        _inboxes = stores.All.ToDictionary(store => store, store => new Inbox(store, alerts, options, time, logger));

    /// <summary>Makes a submission durable in its store. See <see cref="Inbox.CommitAsync"/>.</summary>
    internal Task CommitAsync(Submission submission) => _inboxes[submission.Store].CommitAsync(submission);

    /// <summary>Commits what was handed over, and ends the threads.</summary>
    public void Dispose()
    {
        foreach (var inbox in _inboxes.Values)
        {
            inbox.Dispose();
        }
    }
}
