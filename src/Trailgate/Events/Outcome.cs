namespace Trailgate.Events;

/// <summary>How an action ended. CADF 1.0 knows these four; other words are mapped and kept as given.</summary>
public enum Outcome
{
    /// <summary>Not said, or said in a word that nobody could map.</summary>
    Unknown,

    /// <summary>It was done.</summary>
    Success,

    /// <summary>It was not done.</summary>
    Failure,

    /// <summary>It was begun; another event tells the end.</summary>
    Pending,
}

/// <summary>The text forms of <see cref="Outcome"/>, as they stand in an event.</summary>
public static class Outcomes
{
    /// <summary>The lower-case name.</summary>
    public static string ToText(this Outcome outcome) => outcome switch
    {
        Outcome.Success => "success",
        Outcome.Failure => "failure",
        Outcome.Pending => "pending",
        _ => "unknown",
    };

    /// <summary>Reads the lower-case name.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out Outcome outcome)
    {
        outcome = utf8 switch
        {
            _ when utf8.SequenceEqual("success"u8) => Outcome.Success,
            _ when utf8.SequenceEqual("failure"u8) => Outcome.Failure,
            _ when utf8.SequenceEqual("pending"u8) => Outcome.Pending,
            _ => Outcome.Unknown,
        };
        return outcome != Outcome.Unknown || utf8.SequenceEqual("unknown"u8);
    }
}
