namespace Trailgate.Alerts.Channels;

/// <summary>A kind of receiver.</summary>
/// <param name="Name">The value of the setting <c>Type</c>.</param>
/// <param name="Settings">The settings that it has beyond <c>Type</c>, <c>Insecure</c> and <c>Url</c>.</param>
/// <param name="Check">Finds faults beyond the url's: the setting's name and what it must be. Never its value.</param>
/// <param name="Create">Makes the sending part of a channel from checked settings.</param>
internal sealed record ChannelType(
    string Name, IReadOnlyList<string> Settings, Func<ChannelOptions, IEnumerable<string>> Check, Func<ChannelSetup, SendNotification> Create)
{
    /// <summary>Every kind there is.</summary>
    public static IReadOnlyList<ChannelType> All { get; } =
    [
        WebhookChannel.Type, SlackChannel.Type, TeamsChannel.Type, PagerDutyChannel.Type, CloudEventsChannel.Type, IbmEventNotificationsChannel.Type,
    ];

    /// <summary>Where to send when no url is set; null when one must be.</summary>
    public string? DefaultUrl { get; init; }

    /// <summary>The kind of that name, or null.</summary>
    public static ChannelType? Find(string? name) => All.FirstOrDefault(type => type.Name == name);
}
