using Trailgate.Alerts.Delivery;

namespace Trailgate.Alerts.Listing;

/// <summary>An alert with what became of it.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Alert">The alert.</param>
/// <param name="State">How far it is.</param>
/// <param name="Deliveries">By channel; none when no channel was told of it by itself.</param>
internal sealed record ListedAlert(AlertPlace Place, Alert Alert, AlertState State, IReadOnlyDictionary<string, AlertDeliveryRecord> Deliveries);
