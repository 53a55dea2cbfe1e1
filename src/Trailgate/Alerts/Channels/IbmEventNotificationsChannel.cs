using System.Text;
using System.Text.Json;

namespace Trailgate.Alerts.Channels;

/// <summary>
/// Posts notifications to an instance of IBM Cloud Event Notifications, which passes them on by e-mail, SMS and to chats.
/// Its access tokens come from IAM, by an API key.
/// </summary>
internal sealed class IbmEventNotificationsChannel(ChannelSetup setup)
{
    /// <summary>Its place in the settings.</summary>
    public static readonly ChannelType Type = new(
        "ibm-event-notifications",
        [nameof(ChannelOptions.ApiKey), nameof(ChannelOptions.SourceId), nameof(ChannelOptions.TokenUrl), nameof(ChannelOptions.Source)],
        Check,
        static setup => new IbmEventNotificationsChannel(setup).SendAsync);

    private const string DefaultTokenUrl = "https://iam.cloud.ibm.com/identity/token";

    // A token lives for an hour. Its last minutes are left unused: clocks differ, and a request takes its time.
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(1);

    private readonly Uri _tokenUrl = new(setup.Options.TokenUrl is { Length: > 0 } own ? own : DefaultTokenUrl);
    private Token? _token;

    /// <summary>One try; with another one for the token where it is due.</summary>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public async Task<SendResult> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        var cached = Volatile.Read(ref _token);
        if (cached is not null && cached.GoodUntil > setup.Time.GetUtcNow())
        {
            var result = await SendAsync(notification, cached, cancellationToken);
            if (result is not SendResult.Failed { Status: 401 })
            {
                return result;
            }
        }

        // Also after a 401: a token can be called off before its time. Two sends may each fetch one; both are good.
        var (token, failure) = await FetchTokenAsync(cancellationToken);
        if (token is null)
        {
            return failure ?? new SendResult.Failed(null, "IAM gave no token.");
        }

        Volatile.Write(ref _token, token);
        return await SendAsync(notification, token, cancellationToken);
    }

    private Task<SendResult> SendAsync(Notification notification, Token token, CancellationToken cancellationToken) => setup.Sender.PostAsync(
        setup.KeyOf(notification), "application/json", Body(notification), [new("Authorization", $"Bearer {token.Value}")], cancellationToken);

    private static IEnumerable<string> Check(ChannelOptions options)
    {
        if (options.ApiKey is not { Length: > 0 } key || key.Any(c => c is <= ' ' or > '~'))
        {
            yield return "ApiKey must be an API key of IBM Cloud.";
        }

        if (options.SourceId is not { Length: > 0 and <= 200 } id || id.Any(c => c is <= ' ' or > '~'))
        {
            yield return "SourceId must be the id of an API source of the instance.";
        }

        if (!string.IsNullOrEmpty(options.TokenUrl) && ChannelUrl.FaultOf(options.TokenUrl, options.Insecure) is { } fault)
        {
            yield return $"TokenUrl {fault}";
        }
    }

    private async Task<(Token? Token, SendResult? Failure)> FetchTokenAsync(CancellationToken cancellationToken)
    {
        var (answer, failure) = await setup.Sender.PostFormAsync(
            _tokenUrl,
            [new("grant_type", "urn:ibm:params:oauth:grant-type:apikey"), new("apikey", setup.Options.ApiKey ?? "")],
            cancellationToken);
        if (answer is not { ValueKind: JsonValueKind.Object } root
            || !root.TryGetProperty("access_token"u8, out var value) || value.GetString() is not { Length: > 0 } text)
        {
            return (null, failure switch
            {
                // What is wrong is the way to the receiver, not the notification.
                SendResult.Failed failed => failed with { Error = PlainText.Line($"IAM: {failed.Error}", ChannelSender.MaxErrorLength), Gone = false },
                _ => new SendResult.Failed(null, "IAM answered without a token."),
            });
        }

        var life = root.TryGetProperty("expires_in"u8, out var seconds) && seconds.TryGetInt64(out var count) && count is > 0 and < 1_000_000
            ? TimeSpan.FromSeconds(count) - Reserve
            : TimeSpan.Zero;
        return (new Token(text, setup.Time.GetUtcNow() + (life > ShortestLife ? life : ShortestLife)), null);
    }

    private byte[] Body(Notification notification)
    {
        var text = setup.TextOf(notification);
        var said = CloudEvent.Of(notification, setup.KeyOf(notification), setup.Options.Source is { Length: > 0 } source ? source : "trailgate");
        return (said with
        {
            Attributes =
            [
                .. said.Attributes,
                new("ibmensourceid", setup.Options.SourceId ?? ""),
                new("ibmenseverity", SeverityOf(notification.Severity)),
                new("ibmendefaultshort", Harmless(text.Title)),
                new("ibmendefaultlong", Harmless(text.Link is { } link ? $"{text.Sentence} {link.AbsoluteUri}" : text.Sentence)),
            ],
        }).ToStructured();
    }

    // These two go into mails and chats that IBM lays out, where angle brackets may begin markup or a mention.
    private static string Harmless(string line)
    {
        var built = new StringBuilder(line);
        return built.Replace('<', '‹').Replace('>', '›').ToString();
    }

    private static string SeverityOf(string severity) => severity switch
    {
        "critical" => "CRITICAL",
        "error" or "high" or "major" => "HIGH",
        "warning" or "medium" or "minor" => "MEDIUM",
        _ => "LOW",
    };

    private sealed record Token(string Value, DateTimeOffset GoodUntil);
}
