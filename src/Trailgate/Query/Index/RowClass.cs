using Trailgate.Events;

namespace Trailgate.Query.Index;

/// <summary>Kind, outcome and severity of an event in one byte; of each, 0 when the event does not say.</summary>
internal readonly record struct RowClass(byte Value)
{
    public RowClass(EventKind? kind, Outcome? outcome, EventSeverity? severity)
        : this((byte)(Code(kind) | (Code(outcome) << 3) | (Code(severity) << 6)))
    {
    }

    public EventKind? Kind => (Value & 7) is > 0 and <= (int)EventKind.Security + 1 and var code ? (EventKind)(code - 1) : null;

    public Outcome? Outcome => ((Value >> 3) & 7) is > 0 and <= (int)Events.Outcome.Pending + 1 and var code ? (Outcome)(code - 1) : null;

    public EventSeverity? Severity => (Value >> 6) is > 0 and var code ? (EventSeverity)(code - 1) : null;

    private static int Code<T>(T? value)
        where T : struct, Enum => value is { } given ? Convert.ToInt32(given, null) + 1 : 0;
}
