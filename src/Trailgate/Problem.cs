using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Trailgate;

/// <summary>
/// An error answer by RFC 9457. It says what is wrong, where, and what to do; it never repeats what the caller sent.
/// </summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Names the kind of problem for programs: lower-case words with hyphens, stable.</param>
/// <param name="Title">The kind of problem in a few words, the same for all of its occurrences.</param>
/// <param name="Detail">What is wrong with this request, and what to do about it.</param>
public sealed record Problem(int Status, string Code, string Title, string Detail)
{
    /// <summary>Seconds after which a repetition makes sense, for the <c>Retry-After</c> header; null for none.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Writes the answer.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, $"urn:trailgate:problem:{Code}");
            writer.WriteString("title"u8, Title);
            writer.WriteNumber("status"u8, Status);
            writer.WriteString("detail"u8, Detail);
            writer.WriteEndObject();
        }

        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = "application/problem+json";
        response.ContentLength = body.WrittenCount;
        if (RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }
}
