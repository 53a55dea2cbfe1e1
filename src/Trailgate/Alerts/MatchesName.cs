using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Alerts;

/// <summary>
/// What one matches blob, its mark and its delivery records are named by: a batch's stem, or <c>pipeline/</c> and an
/// alert id. All of them lie in one store.
/// </summary>
/// <param name="Store">The name of the store.</param>
/// <param name="Key">The path without its first folder and its ending.</param>
internal readonly record struct MatchesName(string Store, string Key)
{
    private const string Folder = "matches/";
    private const string Ending = ".ndjson";

    /// <summary>The alerts, one a line; write-once.</summary>
    public BlobName Blob => new(Containers.Alerts, $"{Folder}{Key}{Ending}");

    /// <summary>Says that a message which names the blob was sent; write-once, empty.</summary>
    public BlobName Mark => new(Containers.Alerts, $"queued/{Key}");

    public static MatchesName OfBatch(Store store, BlobName batch) => new(store.Name, BatchName.Stem(batch));

    public static MatchesName OfPipeline(Store store, AlertId id) => new(store.Name, $"pipeline/{id}");

    /// <summary>What became of the alerts on a channel; replaced by compare-and-swap.</summary>
    public BlobName Delivery(string channel) => new(Containers.Alerts, $"deliveries/{Key}/{channel}.json");

    /// <summary>Reads a store's name and the path of a matches blob.</summary>
    public static bool TryParse(string? store, string? path, out MatchesName name)
    {
        name = default;
        if (store is not { Length: > 0 } || path is null || !BlobName.IsValidPath(path) || path.Length <= Folder.Length + Ending.Length
            || !path.StartsWith(Folder, StringComparison.Ordinal) || !path.EndsWith(Ending, StringComparison.Ordinal))
        {
            return false;
        }

        name = new MatchesName(store, path[Folder.Length..^Ending.Length]);
        return true;
    }
}
