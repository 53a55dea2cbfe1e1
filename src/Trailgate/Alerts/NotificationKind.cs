namespace Trailgate.Alerts;

/// <summary>What a notification says.</summary>
internal enum NotificationKind
{
    /// <summary>One alert.</summary>
    Alert,

    /// <summary>How many more alerts of a group there were, with some of them.</summary>
    Summary,

    /// <summary>What an earlier notification told of is over.</summary>
    Resolution,
}
