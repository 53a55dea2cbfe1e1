using System.Globalization;
using Trailgate.Alerts.Grouping;
using Trailgate.Storage;

namespace Trailgate.Alerts.Silence;

/// <summary>
/// Cleans records of alerts away that are older than they are to be kept, a part at each look. Dead letters stay, and so does
/// what the pipeline told about itself.
/// </summary>
internal sealed class AlertCleaner(Stores stores, AlertOptions options, TimeProvider time)
{
    /// <summary>Most blobs that one look deletes of those that name their day, and looks at of each kind that does not, in a store.</summary>
    public const int MaxBlobs = 1_000;

    // Each of them names its day behind the folder.
    private static readonly string[] Folders = ["deliveries/", "notifications/", "settled/", "queued/", "matches/"];

    // Summaries name their group, and then when it began to gather them.
    private static readonly string[] SummaryFolders = [$"deliveries/{GroupId.Prefix}", $"notifications/{GroupId.Prefix}"];

    // Where the last look stopped; none of them need be old for the next to be reached.
    private readonly Dictionary<(string Store, string Folder), string?> _places = [];

    /// <exception cref="StorageException">Not all may be deleted; the next look goes on.</exception>
    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        if (options.Retention is not { } kept)
        {
            return;
        }

        // The first day that is kept is kept whole.
        var first = time.GetUtcNow() - kept;
        var firstKept = first.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        foreach (var store in stores.All)
        {
            var left = MaxBlobs;
            foreach (var folder in Folders)
            {
                left -= await CleanDaysAsync(store, folder, firstKept, left, cancellationToken);
            }

            foreach (var folder in SummaryFolders)
            {
                await WalkAsync(store, folder, static (name, before) => Task.FromResult(GroupId.OpenedAt(name.Path) < before), first, cancellationToken);
            }

            await WalkAsync(store, GroupId.Prefix, (name, before) => IsOldGroupAsync(store, name, before, cancellationToken), first, cancellationToken);
        }
    }

    private static async Task<int> CleanDaysAsync(Store store, string folder, string firstKept, int most, CancellationToken cancellationToken)
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

        await DeleteAsync(store, old, cancellationToken);
        return old.Count;
    }

    /// <summary>Looks at some blobs of a folder, behind those of the last time, and deletes the old ones.</summary>
    private async Task WalkAsync(
        Store store, string folder, Func<BlobName, DateTimeOffset, Task<bool>> isOld, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var old = new List<BlobName>();
        var looked = 0;
        string? last = null;
        await foreach (var entry in store.Blobs.ListAsync(Containers.Alerts, folder, _places.GetValueOrDefault((store.Name, folder)), cancellationToken))
        {
            if (await isOld(entry.Name, before))
            {
                old.Add(entry.Name);
            }

            if (++looked == MaxBlobs)
            {
                last = entry.Name.Path;
                break;
            }
        }

        _places[(store.Name, folder)] = last;
        await DeleteAsync(store, old, cancellationToken);
    }

    private static async Task<bool> IsOldGroupAsync(Store store, BlobName name, DateTimeOffset before, CancellationToken cancellationToken) =>
        GroupId.TryParsePath(name.Path, out var id)
        && await store.Blobs.ReadAsync(name, cancellationToken) is { } content
        && GroupState.Read(content.Bytes.Span, id) is { Due: null, Closing: null, CountedAt: var at } && at < before;

    private static async Task DeleteAsync(Store store, List<BlobName> names, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            await store.Blobs.DeleteAsync(name, cancellationToken);
        }
    }
}
