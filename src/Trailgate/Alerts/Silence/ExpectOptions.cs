namespace Trailgate.Alerts.Silence;

/// <summary>Something that is expected to be heard of again and again.</summary>
public sealed class ExpectOptions
{
    /// <summary>The source: what stands behind <c>/api/events/</c> where its events are sent.</summary>
    public string? Source { get; set; }

    /// <summary>The region, instead of or beside a source.</summary>
    public string? Region { get; set; }

    /// <summary>How long it may be quiet: 1 minute to 30 days.</summary>
    public TimeSpan? Interval { get; set; }
}
