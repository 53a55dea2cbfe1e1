using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Trailgate.Ingest;

/// <summary>
/// The handshake of Event Grid's own schema: a <c>POST</c> that asks for a code to be sent back, with 200 and nothing else.
/// Who has a key is answered, because the key lets events in anyway; without one, only the subscriptions that an operator
/// named are. A request that came in by such a name reaches this class and never the inbox. The URL in the request is not
/// fetched.
/// </summary>
public sealed partial class SubscriptionValidation
{
    internal const string EventTypeHeader = "aeg-event-type";
    internal const string SubscriptionHeader = "aeg-subscription-name";

    private const int MaxBytes = 64 * 1024;
    private const int MaxCodeLength = 100;

    private static readonly SearchValues<char> CodeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly Problem NoValidation = new(
        StatusCodes.Status400BadRequest, "no-validation", "The body asks for no validation",
        $"With the header {EventTypeHeader}: SubscriptionValidation the body must be an array of one event of the type Microsoft.EventGrid.SubscriptionValidationEvent, whose data has a validationCode of letters, digits and hyphens.");

    private static readonly Problem TooLarge = new(
        StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is too large",
        "A request to validate a subscription has at most 65536 bytes.");

    private readonly string[] _subscriptions;
    private readonly ILogger<SubscriptionValidation> _logger;

    /// <summary>Reads the settings.</summary>
    public SubscriptionValidation(IOptions<HandshakeOptions> options, ILogger<SubscriptionValidation> logger)
    {
        _subscriptions = options.Value.SubscriptionList;
        _logger = logger;
    }

    /// <summary>Whether a request asks for a validation and brings no events.</summary>
    public static bool IsAsked(HttpRequest request) =>
        request.Headers.TryGetValue(EventTypeHeader, out var type)
        && type.Count == 1 && "SubscriptionValidation".Equals(type[0], StringComparison.OrdinalIgnoreCase);

    /// <summary>The handler for a request that may pass without a key; null for all others.</summary>
    public RequestDelegate? WithoutKey(HttpRequest request)
    {
        var name = request.Headers[SubscriptionHeader];
        // Event Grid writes the name in capitals.
        return IsAsked(request) && name.Count == 1 && _subscriptions.Contains(name[0], StringComparer.OrdinalIgnoreCase) ? HandleAsync : null;
    }

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var (code, problem) = await ReadAsync(context.Request, context.RequestAborted);
        if (code is null)
        {
            await problem!.WriteAsync(context); // no code means a problem
            return;
        }

        LogValidated(Shorten(context.Request.Headers[SubscriptionHeader].ToString()));
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = "application/json";
        // The code holds letters, digits and hyphens alone.
        await context.Response.WriteAsync($$"""{"validationResponse":"{{code}}"}""", context.RequestAborted);
    }

    private static async ValueTask<(string? Code, Problem? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await request.BodyReader.ReadAsync(cancellationToken);
            if (result.Buffer.Length > MaxBytes)
            {
                request.BodyReader.AdvanceTo(result.Buffer.End);
                return (null, TooLarge);
            }

            if (result.IsCompleted)
            {
                var code = FindCode(result.Buffer);
                request.BodyReader.AdvanceTo(result.Buffer.End);
                return (code, code is null ? NoValidation : null);
            }

            request.BodyReader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static string? FindCode(ReadOnlySequence<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Array && root.GetArrayLength() == 1
                && root[0] is { ValueKind: JsonValueKind.Object } item
                && item.TryGetProperty("eventType"u8, out var type) && type.ValueEquals("Microsoft.EventGrid.SubscriptionValidationEvent"u8)
                && item.TryGetProperty("data"u8, out var data) && data.ValueKind == JsonValueKind.Object
                && data.TryGetProperty("validationCode"u8, out var member) && member.GetString() is { Length: > 0 and <= MaxCodeLength } code
                && !code.AsSpan().ContainsAnyExcept(CodeCharacters)
                ? code
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Shorten(string name) => name.Length <= 64 ? name : name[..64];

    [LoggerMessage(LogLevel.Information, "The Event Grid subscription '{Subscription}' asked to be validated and was.")]
    private partial void LogValidated(string subscription);
}
