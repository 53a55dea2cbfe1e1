using System.Text;
using System.Text.Json;
using Trailgate.Alerts.Rules;

namespace Trailgate.Alerts.Grouping;

/// <summary>Alerts that are counted and not told yet, with a few of them as samples: its size does not grow with the count.</summary>
internal sealed record GroupTally
{
    public static GroupTally None { get; } = new() { Count = 0, First = "", Last = "", Severity = RuleSeverity.Normal, Samples = [] };

    public required long Count { get; init; }

    /// <summary>When the first of them happened, by the events; RFC 3339 in UTC.</summary>
    public required string First { get; init; }

    public required string Last { get; init; }

    /// <summary>The worst of them.</summary>
    public required string Severity { get; init; }

    /// <summary>The lines of the first of them.</summary>
    public required IReadOnlyList<JsonElement> Samples { get; init; }

    public GroupTally Add(Alert alert) => new()
    {
        Count = Count + 1,
        First = Count == 0 || EventTimes.Compare(alert.OccurredAt, First) < 0 ? alert.OccurredAt : First,
        Last = Count == 0 || EventTimes.Compare(alert.OccurredAt, Last) > 0 ? alert.OccurredAt : Last,
        Severity = Count == 0 ? alert.Severity : RuleSeverity.Worse(Severity, alert.Severity),
        Samples = Samples.Count < Notification.MaxSamples ? [.. Samples, JsonElement.Parse(alert.Json.Span)] : Samples,
    };

    public IReadOnlyList<Alert> SampleAlerts() =>
        [.. Samples.Select(static sample => Alert.Read(Encoding.UTF8.GetBytes(sample.GetRawText()))).OfType<Alert>()];
}
