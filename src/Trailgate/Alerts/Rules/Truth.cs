namespace Trailgate.Alerts.Rules;

/// <summary>What is known of a condition before the whole event was read.</summary>
internal enum Truth
{
    False,
    Unknown,
    True,
}
