using Microsoft.AspNetCore.Http;

namespace Trailgate.Ingest;

/// <summary>Every way in which a request can be refused, with the sentence that its sender gets.</summary>
internal static class IngestProblems
{
    public static Problem EmptyBody { get; } = new(
        StatusCodes.Status400BadRequest, "empty-body", "The body is empty",
        "Send one JSON object, an array of objects, or one object a line (NDJSON).");

    public static Problem NotUtf8(long offset) => new(
        StatusCodes.Status400BadRequest, "not-utf-8", "The body is not UTF-8",
        $"The byte at offset {offset} begins no valid UTF-8 character. Send the body in UTF-8; nothing was kept.");

    public static Problem NotJson(long line, long column) => new(
        StatusCodes.Status400BadRequest, "not-json", "The body is not JSON",
        $"It stops being valid JSON at line {line}, byte {column}. Send whole JSON, or NDJSON with Content-Type application/x-ndjson, which keeps the good lines; nothing was kept.");

    public static Problem CutOff { get; } = new(
        StatusCodes.Status400BadRequest, "body-cut-off", "The body ended early",
        "Fewer bytes arrived than the request announced. Send it again; nothing was kept.");

    public static Problem BadFraming { get; } = new(
        StatusCodes.Status400BadRequest, "bad-framing", "The chunks of the body can not be read",
        "The size of a chunk is larger than any body can be. Send the body with a Content-Length, or in proper chunks; nothing was kept.");

    public static Problem BadGzip(string what) => new(
        StatusCodes.Status400BadRequest, "bad-gzip", "The body is not whole gzip",
        $"{what} Send the whole gzip stream and nothing behind it; nothing was kept.");

    public static Problem BodyTooLarge(long limit, string setting) => new(
        StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is too large",
        $"It has more than {limit} bytes ({setting}). Split it into smaller bodies; nothing was kept.");

    public static Problem InflatedTooLarge(long limit) => new(
        StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is too large",
        $"Decompressed it has more than {limit} bytes (Trailgate:Ingest:MaxInflatedBytes). Split it into smaller bodies; nothing was kept.");

    public static Problem TooManyEvents(int limit) => new(
        StatusCodes.Status413PayloadTooLarge, "too-many-events", "The body has too many events",
        $"It has more than {limit} events (Trailgate:Ingest:MaxEvents). Split it into smaller bodies; nothing was kept.");

    public static Problem UnsupportedType { get; } = new(
        StatusCodes.Status415UnsupportedMediaType, "unsupported-type", "The Content-Type is not supported",
        "Send application/json (one event or an array), application/x-ndjson or application/jsonl (one event a line), application/cloudevents+json, application/cloudevents-batch+json, or text/plain (log lines that end in JSON), in UTF-8.");

    public static Problem UnsupportedEncoding { get; } = new(
        StatusCodes.Status415UnsupportedMediaType, "unsupported-encoding", "The Content-Encoding is not supported",
        "Send the body as it is, or compressed once with gzip.");

    public static Problem BadSource { get; } = new(
        StatusCodes.Status404NotFound, "bad-source", "There is no such source",
        "A source is named by 1 to 40 lower-case letters, digits or hyphens, as in POST /api/events/ibm.");

    public static Problem Busy { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "busy", "Too much is in flight",
        "The memory for bodies in flight (Trailgate:Ingest:InFlightBytes) is used up. Send it again after a moment; nothing was kept.")
    {
        RetryAfterSeconds = 1,
    };

    public static Problem StorageAway { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "storage-unavailable", "The storage did not take the events",
        "Nothing is known to be kept. Send the same body again: what did arrive is recognised and not stored twice.")
    {
        RetryAfterSeconds = 5,
    };
}
