namespace Trailgate.Query;

/// <summary>In which order events are answered; by time and then id, so that no two are equal.</summary>
public enum EventOrder
{
    /// <summary>The newest event first.</summary>
    Newest,

    /// <summary>The oldest event first.</summary>
    Oldest,
}
