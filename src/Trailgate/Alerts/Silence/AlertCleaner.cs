using System.Globalization;
using Trailgate.Alerts.Grouping;
using Trailgate.Storage;

namespace Trailgate.Alerts.Silence;

/// <summary>Cleans records of alerts away that are older than they are to be kept, a few at a time. Dead letters stay.</summary>
internal sealed class AlertCleaner(Stores stores, AlertOptions options, TimeProvider time)
{
    /// <summary>Most blobs that one look deletes in a store.</summary>
    public const int MaxDeletes = 1_000;

    // Each of them names its day behind the folder.
    private static readonly string[] Folders = ["deliveries/", "notifications/", "settled/", "queued/", "matches/"];

    /// <exception cref="StorageException">Not all may be deleted; the next look goes on.</exception>
    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        if (options.Retention is not { } kept)
        {
            return;
        }

        // A day more, because the last day that is kept is kept whole.
        var first = time.GetUtcNow() - kept;
        var firstKept = first.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        foreach (var store in stores.All)
        {
            var left = MaxDeletes;
            foreach (var folder in Folders)
            {
                left -= await CleanAsync(store, folder, firstKept, left, cancellationToken);
            }

            await CleanGroupsAsync(store, first, cancellationToken);
        }
    }

    private static async Task<int> CleanAsync(Store store, string folder, string firstKept, int most, CancellationToken cancellationToken)
    {
        var old = new List<BlobName>();
        await foreach (var entry in store.Blobs.ListAsync(Containers.Alerts, folder, after: null, cancellationToken))
        {
            // Days sort before everything that is named otherwise: digits before letters.
            var rest = entry.Name.Path.AsSpan(folder.Length);
            if (old.Count == most || rest.Length < firstKept.Length || rest[..firstKept.Length].CompareTo(firstKept, StringComparison.Ordinal) >= 0)
            {
                break;
            }

            old.Add(entry.Name);
        }

        foreach (var name in old)
        {
            await store.Blobs.DeleteAsync(name, cancellationToken);
        }

        return old.Count;
    }

    private static async Task CleanGroupsAsync(Store store, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var old = new List<BlobName>();
        var looked = 0;
        await foreach (var entry in store.Blobs.ListAsync(Containers.Alerts, GroupId.Prefix, after: null, cancellationToken))
        {
            if (++looked > MaxDeletes)
            {
                break;
            }

            if (GroupId.TryParsePath(entry.Name.Path, out var id) && await store.Blobs.ReadAsync(entry.Name, cancellationToken) is { } content
                && GroupState.Read(content.Bytes.Span, id) is { Due: null, Closing: null, CountedAt: var at } && at < before)
            {
                old.Add(entry.Name);
            }
        }

        foreach (var name in old)
        {
            await store.Blobs.DeleteAsync(name, cancellationToken);
        }
    }
}
