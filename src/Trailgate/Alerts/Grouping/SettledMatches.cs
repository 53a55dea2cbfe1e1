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
}
