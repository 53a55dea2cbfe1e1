using Trailgate.Alerts.Delivery;
using Trailgate.Alerts.Grouping;

namespace Trailgate.Alerts.Listing;

/// <summary>What became of the alerts of one blob.</summary>
/// <param name="Settled">Null while its message waits.</param>
/// <param name="Deliveries">One for each channel that began.</param>
internal sealed record MatchesOutcome(SettledMatches? Settled, IReadOnlyList<DeliveryRecord> Deliveries)
{
    private readonly HashSet<string> _told =
    [
        .. (Settled?.Notifications() ?? []).Where(static told => told.Kind == NotificationKind.Alert).Select(static told => told.Id.ToString()),
    ];

    /// <summary>How far an alert is.</summary>
    public (AlertState State, IReadOnlyDictionary<string, AlertDeliveryRecord> Deliveries) Of(Alert alert)
    {
        var id = alert.Id.ToString();
        if (Settled is null)
        {
            return (AlertState.Queued, new Dictionary<string, AlertDeliveryRecord>());
        }

        if (Settled.Ended?.Contains(id) == true)
        {
            return (AlertState.Ended, new Dictionary<string, AlertDeliveryRecord>());
        }

        if (!_told.Contains(id))
        {
            return (AlertState.Grouped, new Dictionary<string, AlertDeliveryRecord>());
        }

        var known = Deliveries
            .Select(record => (record.Channel, Alert: record.Alerts.FirstOrDefault(one => one.Id == id)))
            .Where(static one => one.Alert is not null)
            .ToDictionary(static one => one.Channel, static one => one.Alert!);
        var state = known.Values.Any(static one => one.State == DeliveryState.Dead) ? AlertState.Dead
            : known.Count == 0 || known.Values.Any(static one => one.State == DeliveryState.Pending) ? AlertState.Pending
            : AlertState.Delivered;
        return (state, known);
    }
}
