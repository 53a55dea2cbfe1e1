using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trailgate.Alerts.Channels;

/// <summary>Sends one notification once.</summary>
/// <returns>What became of it. Whatever a receiver or a network can do wrong is a <see cref="SendResult.Failed"/>, not an exception.</returns>
internal delegate Task<SendResult> SendNotification(Notification notification, CancellationToken cancellationToken);

/// <summary>Where notifications go.</summary>
/// <param name="Name">The name from the settings.</param>
/// <param name="Send">Does the sending.</param>
internal sealed record AlertChannel(string Name, SendNotification Send) : IDisposable
{
    private ChannelSender? _sender;

    /// <summary>The kind of receiver.</summary>
    public string Type { get; private init; } = "";

    /// <summary>
    /// Changes with the settings, so that a channel which was disabled comes back with new ones. A part of a hash, of which
    /// no secret can be had.
    /// </summary>
    public string SettingsId { get; init; } = "";

    /// <summary>Makes a channel of checked settings.</summary>
    /// <exception cref="ArgumentException">The settings did not pass the validator.</exception>
    public static AlertChannel Create(string name, ChannelOptions options, Uri? page, TimeProvider time)
    {
        if (ChannelType.Find(options.Type) is not { } type || !Uri.TryCreate(options.Url is { Length: > 0 } own ? own : type.DefaultUrl, UriKind.Absolute, out var url))
        {
            throw new ArgumentException($"Channel {name} is not valid.", nameof(options));
        }

        var sender = new ChannelSender(name, options, url, time);
        var send = type.Create(new ChannelSetup(name, options, page, sender, time));
        return new AlertChannel(name, send) { _sender = sender, Type = type.Name, SettingsId = IdOf(options) };
    }

    public void Dispose() => _sender?.Dispose();

    private static string IdOf(ChannelOptions options) => Convert.ToHexStringLower(
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(options, ChannelJsonContext.Default.ChannelOptions)).AsSpan(0, 8));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChannelOptions))]
internal sealed partial class ChannelJsonContext : JsonSerializerContext;
