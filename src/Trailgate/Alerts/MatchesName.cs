using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Alerts;

/// <summary>
/// What one matches blob, its mark, the notifications made of it and their delivery records are named by: a batch's stem,
/// or <c>pipeline/</c> and an alert id. All of them lie in one store.
/// </summary>
/// <param name="Store">The name of the store.</param>
/// <param name="Key">The path without its first folder and its ending.</param>
internal readonly record struct MatchesName(string Store, string Key)
{
    private const string MatchesFolder = "matches/";
    private const string NotificationsFolder = "notifications/";
    private const string Ending = ".ndjson";

    /// <summary>Whether the blob of notifications is meant, which channels get, and not the matches themselves.</summary>
    public bool IsGrouped { get; init; }

    /// <summary>The alerts, or what channels are told of them, one a line; write-once.</summary>
    public BlobName Blob => new(Containers.Alerts, $"{(IsGrouped ? NotificationsFolder : MatchesFolder)}{Key}{Ending}");

    /// <summary>Says that a message which names the blob was sent; write-once, empty.</summary>
    public BlobName Mark => new(Containers.Alerts, $"queued/{Key}");

    public static MatchesName OfBatch(Store store, BlobName batch) => new(store.Name, BatchName.Stem(batch));

    public static MatchesName OfPipeline(Store store, AlertId id) => new(store.Name, $"pipeline/{id}");

    /// <summary>What became of the alerts on a channel; replaced by compare-and-swap.</summary>
    public BlobName Delivery(string channel) => new(Containers.Alerts, $"deliveries/{Key}/{channel}.json");

    /// <summary>Reads a store's name and the path of a blob of matches or notifications.</summary>
    public static bool TryParse(string? store, string? path, out MatchesName name)
    {
        name = default;
        if (store is not { Length: > 0 } || path is null || !BlobName.IsValidPath(path) || !path.EndsWith(Ending, StringComparison.Ordinal))
        {
            return false;
        }

        var isGrouped = path.StartsWith(NotificationsFolder, StringComparison.Ordinal);
        var folder = isGrouped ? NotificationsFolder : MatchesFolder;
        if (!path.StartsWith(folder, StringComparison.Ordinal) || path.Length <= folder.Length + Ending.Length)
        {
            return false;
        }

        name = new MatchesName(store, path[folder.Length..^Ending.Length]) { IsGrouped = isGrouped };
        return true;
    }
}
