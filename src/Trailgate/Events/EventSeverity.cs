namespace Trailgate.Events;

/// <summary>How serious an event is; computed for every event alike.</summary>
public enum EventSeverity
{
    /// <summary>Daily work.</summary>
    Normal,

    /// <summary>Something changed, or failed.</summary>
    Warning,

    /// <summary>Something is gone, or concerns who may do what.</summary>
    Critical,
}

/// <summary>The text forms of <see cref="EventSeverity"/>, as they stand in an event.</summary>
public static class EventSeverities
{
    /// <summary>The lower-case name.</summary>
    public static string ToText(this EventSeverity severity) => severity switch
    {
        EventSeverity.Critical => "critical",
        EventSeverity.Warning => "warning",
        _ => "normal",
    };

    /// <summary>Reads the lower-case name.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out EventSeverity severity)
    {
        severity = utf8 switch
        {
            _ when utf8.SequenceEqual("critical"u8) => EventSeverity.Critical,
            _ when utf8.SequenceEqual("warning"u8) => EventSeverity.Warning,
            _ => EventSeverity.Normal,
        };
        return severity != EventSeverity.Normal || utf8.SequenceEqual("normal"u8);
    }
}
