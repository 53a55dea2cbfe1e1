namespace Trailgate.Alerts.Rules;

/// <summary>How many matches of one group, and within what time, it takes until anybody is told.</summary>
/// <param name="Count">2 to <see cref="MaxCount"/>.</param>
/// <param name="Within">By the times of the events.</param>
internal sealed record RuleThreshold(int Count, TimeSpan Within)
{
    public const int MaxCount = 1_000;
}
