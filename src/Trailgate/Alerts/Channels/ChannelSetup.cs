namespace Trailgate.Alerts.Channels;

/// <summary>What a channel is made of.</summary>
/// <param name="Name">Its name in the settings.</param>
/// <param name="Options">Its checked settings.</param>
/// <param name="Page">Address of the page that messages link to, or null.</param>
/// <param name="Sender">Does the sending, and belongs to this channel alone.</param>
/// <param name="Time">The clock.</param>
internal sealed record ChannelSetup(string Name, ChannelOptions Options, Uri? Page, ChannelSender Sender, TimeProvider Time)
{
    /// <summary>The same for every try of one notification on this channel, for receivers that tell repetitions.</summary>
    public string KeyOf(Notification notification) => $"{notification.Id}_{Name}";

    /// <summary>The words of a notification.</summary>
    public NotificationText TextOf(Notification notification) => NotificationText.Of(notification, Page);
}
