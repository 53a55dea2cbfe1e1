using Trailgate.Alerts.Rules;
using Trailgate.Storage;

namespace Trailgate.Alerts.Grouping;

/// <summary>Whether what an alert's rule waits for has come, anywhere in inbox and archive.</summary>
/// <exception cref="StorageException">That it is nowhere can not be said now; a retry is safe.</exception>
internal delegate Task<bool> FindEnd(Alert alert, RuleWait wait, CancellationToken cancellationToken);
