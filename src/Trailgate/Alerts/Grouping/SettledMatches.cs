using System.Text;
using System.Text.Json;
using Trailgate.Storage;

namespace Trailgate.Alerts.Grouping;

/// <summary>
/// Says of a matches blob that all its alerts are counted in their groups, and what it made go out at once. Write-once; from
/// then on the groups need not remember it.
/// </summary>
internal sealed record SettledMatches
{
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }

    /// <summary>The lines of the notifications, in order.</summary>
    public required IReadOnlyList<string> Told { get; init; }

    /// <summary>The ids of alerts that were not raised, because what they waited for came.</summary>
    public IReadOnlyList<string>? Ended { get; init; }

    public static BlobName Blob(string key) => new(Containers.Alerts, $"settled/{key}.json");

    /// <summary>Reads it; null while it is not said.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public static async Task<SettledMatches?> ReadAsync(IBlobStore store, string key, CancellationToken cancellationToken) =>
        await store.ReadAsync(Blob(key), cancellationToken) is { } content
            ? JsonSerializer.Deserialize(content.Bytes.Span, GroupJsonContext.Default.SettledMatches)
            : null;

    /// <summary>Says it. When another handler of the same message came first, its word stands.</summary>
    /// <returns>What goes out at once.</returns>
    /// <exception cref="StorageException">It may not be said; a retry is safe.</exception>
    public static async Task<IReadOnlyList<Notification>> SettleAsync(
        IBlobStore store, string key, IReadOnlyList<Notification> told, IReadOnlyList<string>? ended, CancellationToken cancellationToken)
    {
        var settled = new SettledMatches
        {
            Schema = CurrentSchema,
            Told = [.. told.Select(static notification => Encoding.UTF8.GetString(notification.Json.Span))],
            Ended = ended is { Count: > 0 } ? ended : null,
        };
        var bytes = JsonSerializer.SerializeToUtf8Bytes(settled, GroupJsonContext.Default.SettledMatches);
        return await store.PutAsync(Blob(key), bytes, cancellationToken) == PutResult.AlreadyExists
            && await ReadAsync(store, key, cancellationToken) is { } first ? first.Notifications() : told;
    }

    /// <summary>What goes out at once.</summary>
    public IReadOnlyList<Notification> Notifications() =>
        [.. Told.Select(static line => Notification.Read(Encoding.UTF8.GetBytes(line))).OfType<Notification>()];
}
