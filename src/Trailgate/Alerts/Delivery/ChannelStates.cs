using System.Text.Json;
using Microsoft.Extensions.Logging;
using Trailgate.Alerts.Channels;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Alerts.Delivery;

/// <summary>
/// Which channels are disabled, for all processes: <c>channels/{name}.json</c> in the default store. A receiver that
/// answers 410 disables its channel; new settings or an operator enable it. What comes meanwhile goes to the dead letters.
/// </summary>
internal sealed partial class ChannelStates(Stores stores, AlertDispatcher dispatcher, TimeProvider time, ILogger<ChannelStates> logger)
{
    private IBlobStore Blobs => stores.Default.Blobs;

    /// <summary>Since when and why a channel is disabled; null when it is not. One with other settings than then is enabled.</summary>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task<ChannelState?> FindAsync(AlertChannel channel, CancellationToken cancellationToken)
    {
        if (await Blobs.ReadAsync(NameOf(channel.Name), cancellationToken) is not { } content)
        {
            return null;
        }

        var state = JsonSerializer.Deserialize(content.Bytes.Span, AlertJsonContext.Default.ChannelState);
        if (state is { Schema: ChannelState.CurrentSchema } && state.Settings == channel.SettingsId)
        {
            return state;
        }

        await EnableAsync(channel.Name, cancellationToken);
        return null;
    }

    /// <summary>Disables a channel, and tells the others.</summary>
    /// <exception cref="StorageException">It may not be disabled or told; a retry is safe.</exception>
    public async Task<ChannelState> DisableAsync(AlertChannel channel, string reason, CancellationToken cancellationToken)
    {
        var state = new ChannelState
        {
            Schema = ChannelState.CurrentSchema,
            Channel = channel.Name,
            DisabledAt = EventTime.From(time.GetUtcNow()).ToString(),
            Reason = reason,
            Settings = channel.SettingsId,
        };
        var put = await Blobs.PutAsync(
            NameOf(channel.Name), JsonSerializer.SerializeToUtf8Bytes(state, AlertJsonContext.Default.ChannelState), cancellationToken);
        if (put == PutResult.AlreadyExists && await FindAsync(channel, cancellationToken) is { } known)
        {
            state = known;
        }

        await dispatcher.RaiseAsync(
            $"channels/{channel.Name}/{state.DisabledAt}",
            $"Channel {channel.Name} is disabled: its receiver answered 410, which means for good. What is for it goes to the dead letters until it gets other settings or is enabled.",
            cancellationToken);
        LogDisabled(channel.Name);
        return state;
    }

    /// <summary>Enables a channel again. False when it was not disabled.</summary>
    /// <exception cref="StorageException">It may not be enabled; a retry is safe.</exception>
    public async Task<bool> EnableAsync(string channel, CancellationToken cancellationToken)
    {
        var done = await Blobs.DeleteAsync(NameOf(channel), cancellationToken);
        if (done)
        {
            LogEnabled(channel);
        }

        return done;
    }

    private static BlobName NameOf(string channel) => new(Containers.Alerts, $"channels/{channel}.json");

    [LoggerMessage(LogLevel.Warning, "Channel {Channel} is disabled: its receiver answered 410.")]
    private partial void LogDisabled(string channel);

    [LoggerMessage(LogLevel.Information, "Channel {Channel} is enabled again.")]
    private partial void LogEnabled(string channel);
}

/// <summary>Says that a channel is disabled.</summary>
internal sealed record ChannelState
{
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }

    public required string Channel { get; init; }

    /// <summary>RFC 3339 in UTC.</summary>
    public required string DisabledAt { get; init; }

    /// <summary>What the receiver said, at most 1,000 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>The settings that it had: see <see cref="AlertChannel.SettingsId"/>.</summary>
    public required string Settings { get; init; }
}
