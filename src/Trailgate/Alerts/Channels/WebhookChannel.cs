using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Trailgate.Alerts.Channels;

/// <summary>
/// Posts notifications to any HTTP receiver, signed by Standard Webhooks 1.0.0. The id of a message stays the same over all tries,
/// so that a receiver can tell repetitions.
/// </summary>
internal sealed class WebhookChannel : IDisposable
{
    /// <summary>How long one try may take, from connect to the answer's text.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private const int MaxErrorLength = 1_000;
    private const int MaxConnections = 8;

    private readonly HttpClient _client;
    private readonly Uri _url;
    private readonly string[] _unspeakable;
    private readonly IReadOnlyList<byte[]> _keys;
    private readonly TimeProvider _time;

    /// <exception cref="ArgumentException">The options did not pass the validator.</exception>
    public WebhookChannel(string name, ChannelOptions options, TimeProvider time)
    {
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || !WebhookSecrets.TryParse(options.Secret, out var keys)
            || (url.Scheme != Uri.UriSchemeHttps && !options.Insecure))
        {
            throw new ArgumentException($"Channel {name} is not valid.", nameof(options));
        }

        Name = name;
        _url = url;
        _keys = keys;
        _time = time;
        _unspeakable = [.. new[] { url.AbsoluteUri, url.OriginalString, url.PathAndQuery, url.Query, options.Secret ?? "" }.Where(text => text.Length > 1)];
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would connect in our place, to an address that nobody checked.
            UseProxy = false,
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = MaxConnections,
            // DNS changes are seen within this time.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = options.Insecure ? null : GuardedConnect.PublicOnlyAsync,
        })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
    }

    public string Name { get; }

    /// <summary>One try; what the receiver or the network does wrong is a result.</summary>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public async Task<SendResult> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var request = CreateRequest(notification);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode
                ? new SendResult.Delivered((int)response.StatusCode)
                : await DescribeAsync(response, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SendResult.Failed(null, $"No answer within {Timeout.TotalSeconds:0} seconds.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            return new SendResult.Failed(null, Describe(e));
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage CreateRequest(Notification notification)
    {
        var id = $"{notification.Id}_{Name}";
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        var body = Body(notification);
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = content };
        request.Headers.UserAgent.ParseAdd("Trailgate");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Sign(_keys, id, timestamp, body));
        return request;
    }

    private static byte[] Body(Notification notification)
    {
        var buffer = new ArrayBufferWriter<byte>(notification.Json.Length + 128);
        using (var writer = new Utf8JsonWriter(buffer, Alert.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, TypeOf(notification.Kind));
            writer.WriteString("timestamp"u8, notification.OccurredAt);
            writer.WritePropertyName("data"u8);
            writer.WriteRawValue(notification.Json.Span, skipInputValidation: true);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static ReadOnlySpan<byte> TypeOf(NotificationKind kind) => kind switch
    {
        NotificationKind.Alert => "trailgate.alert"u8,
        NotificationKind.Summary => "trailgate.summary"u8,
        NotificationKind.Resolution => "trailgate.resolution"u8,
        _ => throw new UnreachableException(),
    };

    private async Task<SendResult.Failed> DescribeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var text = status is >= 300 and < 400
            ? "The receiver answered with a redirect; those are not followed."
            : Speakable(await ReadStartAsync(response, cancellationToken));
        return new SendResult.Failed(status, text)
        {
            RetryAfter = RetryAfter(response.Headers.RetryAfter),
            Gone = response.StatusCode == HttpStatusCode.Gone,
        };
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date && date > _time.GetUtcNow() ? date - _time.GetUtcNow() : null);

    private static async Task<string> ReadStartAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // Four bytes hold any character.
        var buffer = new byte[MaxErrorLength * 4];
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return Encoding.UTF8.GetString(buffer, 0, read);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The status counts, the text is only for people.
            return "";
        }
    }

    /// <summary>Receivers like to repeat what they were asked; the address may hold a secret.</summary>
    private string Speakable(string text)
    {
        foreach (var secret in _unspeakable)
        {
            text = text.Replace(secret, "[redacted]", StringComparison.Ordinal);
        }

        return text.Length > MaxErrorLength ? text[..MaxErrorLength] : text;
    }

    // The exceptions' own messages name host and port.
    private static string Describe(Exception exception) => exception switch
    {
        { InnerException: PrivateAddressException inner } => inner.Message,
        { InnerException: SocketException inner } => $"The connection failed: {inner.SocketErrorCode}.",
        HttpRequestException e => $"The request failed: {e.HttpRequestError}.",
        SocketException e => $"The connection failed: {e.SocketErrorCode}.",
        _ => "The connection broke off.",
    };
}
