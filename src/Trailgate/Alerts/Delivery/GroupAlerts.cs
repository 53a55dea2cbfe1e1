using Trailgate.Storage;

namespace Trailgate.Alerts.Delivery;

/// <summary>
/// Decides what channels are told at once of the alerts of one matches blob; what is not told now is for a later
/// <see cref="Fanout.SendAsync"/>. Called again for the same blob after a crash, until its answer was stored.
/// </summary>
/// <exception cref="StorageException">Something could not be kept: handle the message again.</exception>
internal delegate Task<IReadOnlyList<Notification>> GroupAlerts(
    Store store, MatchesName matches, IReadOnlyList<Alert> alerts, CancellationToken cancellationToken);
