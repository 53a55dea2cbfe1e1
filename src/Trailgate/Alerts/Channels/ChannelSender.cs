using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Trailgate.Alerts.Channels;

/// <summary>
/// Sends the requests of one channel: to public addresses only unless it is insecure, without redirects, proxies and
/// cookies. Whatever a receiver or a network does wrong is a result, and neither addresses nor secrets are in it.
/// </summary>
internal sealed class ChannelSender : IDisposable
{
    /// <summary>Longest text of an answer that is kept, in UTF-16 units.</summary>
    public const int MaxErrorLength = 1_000;

    /// <summary>How long one try may take, from connect to the answer's text.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private const int MaxConnections = 8;

    // Shorter parts of an address are words, such as v2 or hooks.
    private const int MinSecretLength = 8;
    private const int MaxAnswerBytes = 64 * 1024;

    private readonly HttpClient _client;
    private readonly Uri _url;
    private readonly string[] _unspeakable;
    private readonly TimeProvider _time;

    /// <exception cref="ArgumentException">The address is no https address, and the channel is not insecure.</exception>
    public ChannelSender(string name, ChannelOptions options, Uri url, TimeProvider time)
    {
        if (url.Scheme != Uri.UriSchemeHttps && !options.Insecure)
        {
            throw new ArgumentException($"Channel {name} needs an https address.", nameof(options));
        }

        _url = url;
        _time = time;
        _unspeakable = [.. Unspeakable(options, url)];
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

    /// <summary>Posts a body to the channel's address.</summary>
    /// <param name="key">The idempotency key.</param>
    /// <param name="contentType">The body's media type.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">More headers.</param>
    /// <param name="cancellationToken">The caller's reason to stop.</param>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public async Task<SendResult> PostAsync(
        string key, string contentType, byte[] body, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        var secrets = new List<string>();
        return await TryAsync(async token =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = Content(contentType, body) };
            request.Headers.UserAgent.ParseAdd("Trailgate");
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
                if (name.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
                {
                    secrets.Add(value[(value.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
                }
            }

            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
            return response.IsSuccessStatusCode
                ? new SendResult.Delivered((int)response.StatusCode)
                : await DescribeAsync(response, secrets, token);
        }, cancellationToken);
    }

    /// <summary>Posts a form to another address and reads the JSON answer; on a failure, the result to give.</summary>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public async Task<(JsonElement? Answer, SendResult? Failure)> PostFormAsync(
        Uri url, IEnumerable<KeyValuePair<string, string>> form, CancellationToken cancellationToken)
    {
        JsonElement? answer = null;
        var failure = await TryAsync(async token =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
            request.Headers.Accept.ParseAdd("application/json");
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
            if (!response.IsSuccessStatusCode)
            {
                return await DescribeAsync(response, [], token);
            }

            var bytes = await ReadStartAsync(response, MaxAnswerBytes, token);
            try
            {
                using var document = JsonDocument.Parse(bytes);
                answer = document.RootElement.Clone();
                return new SendResult.Delivered((int)response.StatusCode);
            }
            catch (JsonException)
            {
                return new SendResult.Failed((int)response.StatusCode, "The answer is no JSON.");
            }
        }, cancellationToken);
        return (answer, answer is null ? failure : null);
    }

    public void Dispose() => _client.Dispose();

    private async Task<SendResult> TryAsync(Func<CancellationToken, Task<SendResult>> send, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await send(either.Token);
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

    private static ByteArrayContent Content(string contentType, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return content;
    }

    private async Task<SendResult> DescribeAsync(HttpResponseMessage response, IReadOnlyList<string> secrets, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        // Four bytes hold any character.
        var text = status is >= 300 and < 400
            ? "The receiver answered with a redirect; those are not followed."
            : Speakable(Encoding.UTF8.GetString(await ReadStartAsync(response, MaxErrorLength * 4, cancellationToken)), secrets);
        return new SendResult.Failed(status, text)
        {
            RetryAfter = RetryAfter(response.Headers.RetryAfter),
            Gone = response.StatusCode == HttpStatusCode.Gone,
            IsPermanent = status is >= 400 and < 500 and not (408 or 425 or 429),
        };
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date && date > _time.GetUtcNow() ? date - _time.GetUtcNow() : null);

    private static async Task<byte[]> ReadStartAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[maxBytes];
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return buffer[..read];
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The status counts, the text is only for people.
            return [];
        }
    }

    /// <summary>Receivers like to repeat what they were asked, and the address may hold a secret.</summary>
    private string Speakable(string text, IReadOnlyList<string> secrets)
    {
        foreach (var secret in _unspeakable.Concat(secrets).Where(secret => secret.Length > 1))
        {
            text = text.Replace(secret, "[redacted]", StringComparison.Ordinal);
        }

        return PlainText.Line(text, MaxErrorLength);
    }

    /// <summary>Whole addresses first, so that no part of one is left.</summary>
    private static IEnumerable<string> Unspeakable(ChannelOptions options, Uri url)
    {
        string?[] whole = [url.AbsoluteUri, url.OriginalString, url.PathAndQuery, url.Query, options.Secret, options.RoutingKey, options.AuthValue, options.ApiKey];
        var parts = url.AbsolutePath.Split('/')
            .Concat(url.Query.TrimStart('?').Split('&').Select(pair => pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]))
            .Concat((options.Secret ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
            .Concat((options.AuthValue ?? "").Split(' '))
            .Where(part => part.Length >= MinSecretLength);
        var all = whole.OfType<string>().Where(text => text.Length > 1).Concat(parts).ToList();
        return all.Concat(all.Select(Uri.UnescapeDataString)).Distinct(StringComparer.Ordinal).OrderByDescending(text => text.Length);
    }

    // The exceptions' own messages name host and port.
    private static string Describe(Exception exception) => exception switch
    {
        { InnerException: PrivateAddressException inner } => inner.Message,
        { InnerException: SocketException inner } => $"The connection failed: {inner.SocketErrorCode}.",
        HttpRequestException e => string.Create(CultureInfo.InvariantCulture, $"The request failed: {e.HttpRequestError}."),
        SocketException e => $"The connection failed: {e.SocketErrorCode}.",
        _ => "The connection broke off.",
    };
}
