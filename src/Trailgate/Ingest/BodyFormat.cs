using Microsoft.Net.Http.Headers;

namespace Trailgate.Ingest;

/// <summary>How a body holds its events, by its Content-Type; the shape of the body tells the rest.</summary>
internal enum BodyFormat
{
    /// <summary>One JSON value. More values, one a line, are read as well: many senders label NDJSON as JSON.</summary>
    Json,

    /// <summary>One JSON value a line; a bad line does not spoil the others.</summary>
    Lines,

    /// <summary>Lines of a log that end in JSON, or JSON after all: some senders label everything as text.</summary>
    Text,

    /// <summary>One CloudEvent in the structured mode.</summary>
    CloudEvent,

    /// <summary>An array of CloudEvents.</summary>
    CloudEventBatch,
}

internal static class BodyFormats
{
    /// <summary>Reads a Content-Type (RFC 9110, section 8.3); none at all is taken for JSON.</summary>
    public static bool TryParse(string? contentType, out BodyFormat format)
    {
        format = BodyFormat.Json;
        // The common ones, as nearly all senders write them.
        if (string.IsNullOrEmpty(contentType) || contentType == "application/json")
        {
            return true;
        }

        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)
            || (type.Charset.HasValue && !IsUtf8(HeaderUtilities.RemoveQuotes(type.Charset).Value)))
        {
            return false;
        }

        var name = type.MediaType.Value ?? "";
        if (Is(name, "application/x-ndjson") || Is(name, "application/ndjson") || Is(name, "application/jsonl")
            || Is(name, "application/x-jsonlines") || Is(name, "application/jsonlines"))
        {
            format = BodyFormat.Lines;
            return true;
        }

        if (Is(name, "text/plain"))
        {
            format = BodyFormat.Text;
            return true;
        }

        // The first begins like the second; CloudEvents in another format, such as Avro, are not read.
        if (Is(name, "application/cloudevents-batch+json"))
        {
            format = BodyFormat.CloudEventBatch;
            return true;
        }

        if (Is(name, "application/cloudevents+json"))
        {
            format = BodyFormat.CloudEvent;
            return true;
        }

        return Is(name, "application/json") || Is(name, "text/json") || name.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsUtf8(string? charset) => Is(charset, "utf-8") || Is(charset, "utf8") || Is(charset, "us-ascii");

    private static bool Is(string? value, string other) => string.Equals(value, other, StringComparison.OrdinalIgnoreCase);
}
