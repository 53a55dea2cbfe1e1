using Trailgate.Events;

namespace Trailgate.Normalize;

/// <summary>
/// How serious an event is: normal, warning or critical. IBM's guideline goes by action and by reason code (FACTS
/// section 2 of the sample corpus) and its own services do not agree with it, so this is computed for every event alike,
/// and what the source gave is kept beside it.
/// </summary>
internal static class Severity
{
    /// <summary>The most serious of what the action, the outcome and the reason code say.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> action, EventKind kind, Outcome outcome, int reasonCode)
    {
        var level = Math.Max(ByKind(action, kind), ByReasonCode(reasonCode));
        if (outcome == Outcome.Failure)
        {
            level = Math.Max(level, 1);
        }

        return level switch { 2 => "critical"u8, 1 => "warning"u8, _ => "normal"u8 };
    }

    private static int ByKind(ReadOnlySpan<byte> action, EventKind kind) => kind switch
    {
        // The guideline's exception: deleting an object in a bucket is daily work, deleting the bucket is not.
        EventKind.Delete when action.StartsWith("cloud-object-storage.object."u8) => 0,
        // It calls a start as routine as a read.
        EventKind.Update when action.Trim((byte)' ').EndsWith(".start"u8) => 0,
        EventKind.Delete or EventKind.Security => 2,
        EventKind.Update => 1,
        _ => 0,
    };

    private static int ByReasonCode(int code) => code switch
    {
        401 or 403 or 503 or 507 => 2,
        400 or 409 or 424 or 500 or 502 or 504 or 505 => 1,
        _ => 0,
    };
}
