using Trailgate.Alerts.Channels;

namespace Trailgate.Alerts;

/// <summary>The configured channels, and how often each is tried.</summary>
internal sealed class AlertChannels(IReadOnlyList<AlertChannel> all, RetrySchedule schedule) : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    public IReadOnlyList<AlertChannel> All => all;

    public RetrySchedule Schedule => schedule;

    /// <summary>Makes the channels of checked settings.</summary>
    public static AlertChannels Create(AlertOptions options, TimeProvider time)
    {
        var webhooks = options.Channels
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new WebhookChannel(pair.Key, pair.Value, time))
            .ToList();
        var channels = new AlertChannels(
            [.. webhooks.Select(webhook => new AlertChannel(webhook.Name, webhook.SendAsync))],
            new RetrySchedule(Random.Shared.NextDouble));
        channels._owned.AddRange(webhooks);
        return channels;
    }

    /// <summary>
    /// The channel of that name. One that was taken out of the settings refuses for good, so that what waited for it ends
    /// among the dead letters and not in silence.
    /// </summary>
    public AlertChannel Find(string name) =>
        all.FirstOrDefault(channel => channel.Name == name)
        ?? new AlertChannel(name, static (_, _) => Task.FromResult<SendResult>(
            new SendResult.Failed(null, "The channel is no longer configured.") { Gone = true }));

    public void Dispose()
    {
        foreach (var owned in _owned)
        {
            owned.Dispose();
        }
    }
}
