namespace Trailgate.Alerts;

/// <summary>What the alerts of a summary or a resolution have in common.</summary>
/// <param name="Thread">Names the group: see <see cref="Notification.Thread"/>.</param>
/// <param name="Rule">The rule's name.</param>
/// <param name="Severity">The highest severity among them.</param>
/// <param name="Parts">What they were grouped by, for people: such as <c>initiator</c> and its name. Redacted, like the events.</param>
internal sealed record NotificationGroup(string Thread, string Rule, string Severity, IReadOnlyList<KeyValuePair<string, string>> Parts);
