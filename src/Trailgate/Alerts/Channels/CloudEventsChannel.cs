using System.Buffers;

namespace Trailgate.Alerts.Channels;

/// <summary>
/// Posts notifications as CloudEvents 1.0 over HTTP, to topics of Event Grid, Knative brokers and sinks, and whoever else
/// takes them. One at a time: batches may be sent only to who asked for them.
/// </summary>
internal sealed class CloudEventsChannel(ChannelSetup setup)
{
    /// <summary>Its place in the settings.</summary>
    public static readonly ChannelType Type = new(
        "cloudevents",
        [nameof(ChannelOptions.Mode), nameof(ChannelOptions.Source), nameof(ChannelOptions.AuthHeader), nameof(ChannelOptions.AuthValue)],
        Check,
        static setup => new CloudEventsChannel(setup).SendAsync);

    private const string DefaultHeader = "Authorization";
    private const string Binary = "binary";
    private const string Structured = "structured";

    // RFC 9110, token; and what belongs to us.
    private static readonly SearchValues<char> HeaderCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");

    private static readonly string[] OwnHeaders = ["host", "content-type", "content-length", "transfer-encoding", "connection", "user-agent", "idempotency-key"];

    /// <summary>One try.</summary>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public Task<SendResult> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        var key = setup.KeyOf(notification);
        var said = CloudEvent.Of(notification, key, setup.Options.Source is { Length: > 0 } source ? source : "/trailgate");
        KeyValuePair<string, string>[] auth = setup.Options.AuthValue is { Length: > 0 } value
            ? [new(setup.Options.AuthHeader is { Length: > 0 } header ? header : DefaultHeader, value)]
            : [];
        return setup.Options.Mode == Binary
            ? setup.Sender.PostAsync(key, "application/json", said.Data.ToArray(), [.. auth, .. said.ToHeaders()], cancellationToken)
            : setup.Sender.PostAsync(key, "application/cloudevents+json; charset=utf-8", said.ToStructured(), auth, cancellationToken);
    }

    private static IEnumerable<string> Check(ChannelOptions options)
    {
        if (options.Mode is not (null or "" or Structured or Binary))
        {
            yield return $"Mode must be {Structured} or {Binary}.";
        }

        if (options.Source is { Length: > 0 } source && (source.Length > 200 || !Uri.TryCreate(source, UriKind.RelativeOrAbsolute, out _) || source.Any(c => c is <= ' ' or > '~')))
        {
            yield return "Source must be a URI reference of at most 200 characters.";
        }

        if (options.AuthHeader is { Length: > 0 } header && (header.Length > 100 || header.AsSpan().ContainsAnyExcept(HeaderCharacters)
            || OwnHeaders.Contains(header, StringComparer.OrdinalIgnoreCase) || header.StartsWith("ce-", StringComparison.OrdinalIgnoreCase)))
        {
            yield return "AuthHeader must be the name of a header that is free, such as aeg-sas-key.";
        }

        if (options.AuthValue is { } value && value.Any(c => c is < ' ' or > '~'))
        {
            yield return "AuthValue must be printable ASCII.";
        }

        if (!string.IsNullOrEmpty(options.AuthHeader) && string.IsNullOrEmpty(options.AuthValue))
        {
            yield return "AuthValue must be set where AuthHeader is.";
        }
    }
}
