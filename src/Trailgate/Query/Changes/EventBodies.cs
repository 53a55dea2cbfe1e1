using System.Text;
using System.Text.Json;
using Trailgate.Normalize;

namespace Trailgate.Query.Changes;

/// <summary>
/// The request and the response of an event, those of a limited one from its overflow. A null body is not there;
/// <see cref="IsLeftOut"/> says that there was more than can be read.
/// </summary>
/// <param name="Request">requestData, when it is an object or a list.</param>
/// <param name="Response">responseData, when it is an object or a list.</param>
/// <param name="IsLeftOut">Whether a body was left out by the source, or is no longer kept, or is too long to compare.</param>
internal sealed record EventBodies(JsonElement? Request, JsonElement? Response, bool IsLeftOut)
{
    /// <summary>A body that is longer is not compared: many are held at once.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Reads the bodies of an event that was found.</summary>
    /// <param name="read">The event.</param>
    /// <param name="overflow">The whole of it where it was limited and that is at hand; null leaves it at the line.</param>
    public static EventBodies Of(EventDocument read, ReadOnlyMemory<byte>? overflow)
    {
        var whole = overflow is { Length: <= MaxBytes } json ? EventDocument.Parse(json.Span) : read.Root;
        var request = Body(whole, "requestData", out var requestLeftOut);
        var response = Body(whole, "responseData", out var responseLeftOut);
        return new EventBodies(request, response, requestLeftOut || responseLeftOut);
    }

    private static JsonElement? Body(JsonElement whole, string name, out bool isLeftOut)
    {
        isLeftOut = false;
        if (EventDocument.Find(whole, name) is not { } body)
        {
            return null;
        }

        if (body.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            isLeftOut = !IsText(body);
            return isLeftOut ? null : body;
        }

        isLeftOut = EventDocument.TextOf(body) is { } text && OmittedBody.IsSentence(Encoding.UTF8.GetBytes(text));
        return null;
    }

    // Half of a surrogate pair is valid JSON and no text, and can stand in names: such a body is not looked into.
    private static bool IsText(JsonElement body)
    {
        var json = Encoding.UTF8.GetBytes(body.GetRawText());
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 128 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    reader.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
