using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trailgate.Events;

namespace Trailgate.Ingest;

/// <summary>The answer to a body that was taken: 202, or 422 when all of it is in the quarantine.</summary>
internal static class IngestAnswer
{
    /// <summary>Above this many events only what was not plainly accepted is listed.</summary>
    private const int MaxListed = 1000;

    private const int MaxKeptBytes = 256 * 1024;

    // One for each thread, used again: a thread writes one answer at a time, and copies it away before it waits.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _body;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    public static Task WriteAsync(HttpContext context, List<ItemResult> results, ReadOnlySpan<bool> known, string? receipt)
    {
        var body = _body ??= new ArrayBufferWriter<byte>(1024);
        var writer = _writer ??= new Utf8JsonWriter(body);
        body.ResetWrittenCount();
        writer.Reset();
        var taken = Write(writer, results, known, receipt);
        writer.Flush();
        if (receipt is not null)
        {
            body.Write("\n"u8); // such answers are collected in a file, one a line
        }

        var response = context.Response;
        response.StatusCode = taken ? StatusCodes.Status202Accepted : StatusCodes.Status422UnprocessableEntity;
        response.ContentType = taken ? "application/json" : "application/problem+json";
        response.ContentLength = body.WrittenCount;
        if (receipt is not null && ReceiptWriter.IsPreferred(context.Request))
        {
            response.Headers["Preference-Applied"] = ReceiptWriter.Preference;
        }

        response.BodyWriter.Write(body.WrittenSpan);
        if (body.Capacity > MaxKeptBytes)
        {
            (_body, _writer) = (null, null); // a receipt for thousands of events: its room is not held on to
        }

        return response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    private static bool Write(Utf8JsonWriter writer, List<ItemResult> results, ReadOnlySpan<bool> known, string? receipt)
    {
        int quarantined = 0, duplicates = 0;
        for (var i = 0; i < results.Count; i++)
        {
            quarantined += results[i].IsEvent ? 0 : 1;
            duplicates += known[i] ? 1 : 0;
        }

        var taken = quarantined < results.Count || results.Count == 0;
        writer.WriteStartObject();
        if (!taken)
        {
            writer.WriteString("type"u8, "urn:trailgate:problem:no-event"u8);
            writer.WriteString("title"u8, "Nothing in the body is an event"u8);
            writer.WriteNumber("status"u8, StatusCodes.Status422UnprocessableEntity);
            writer.WriteString("detail"u8, "All of it is kept in the quarantine, with the reasons below. An event is a JSON object with an action."u8);
        }

        writer.WriteNumber("accepted"u8, results.Count - quarantined - duplicates);
        writer.WriteNumber("duplicates"u8, duplicates);
        writer.WriteNumber("quarantined"u8, quarantined);
        writer.WriteStartArray("results"u8);
        for (var i = 0; i < results.Count; i++)
        {
            if (results.Count <= MaxListed || known[i] || !results[i].IsEvent)
            {
                WriteItem(writer, i, results[i], known[i]);
            }
        }

        writer.WriteEndArray();
        if (receipt is not null)
        {
            // Its dashes and plus signs stay as they are: people cut it out, and check it as a file.
            writer.WriteString("receipt"u8, JsonEncodedText.Encode(receipt, JavaScriptEncoder.UnsafeRelaxedJsonEscaping));
        }

        writer.WriteEndObject();
        return taken;
    }

    private static void WriteItem(Utf8JsonWriter writer, int index, ItemResult item, bool known)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        if (item.IsEvent)
        {
            Span<byte> id = stackalloc byte[EventId.TextLength];
            item.Id.WriteText(id);
            writer.WriteString("status"u8, known ? "duplicate"u8 : "accepted"u8);
            writer.WriteString("id"u8, id);
            writer.WriteString("region"u8, item.Region.Name);
        }
        else
        {
            writer.WriteString("status"u8, "quarantined"u8);
            writer.WriteString("reason"u8, item.Reason);
        }

        writer.WriteEndObject();
    }
}
