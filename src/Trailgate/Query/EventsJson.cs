using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trailgate.Query.Facets;

namespace Trailgate.Query;

/// <summary>Events as one JSON document. They are written as they are stored, byte for byte, each on a line.</summary>
internal static class EventsJson
{
    public static async Task WriteAsync(HttpContext context, EventPage page)
    {
        var writer = context.Response.BodyWriter;
        var first = true;
        foreach (var line in page.Lines)
        {
            writer.Write(first ? "{\"events\":[\n"u8 : ",\n"u8);
            writer.Write(line.Span);
            first = false;
            await writer.FlushAsync(context.RequestAborted);
        }

        writer.Write(first ? "{\"events\":["u8 : "\n"u8);
        writer.Write(page.More ? "],\"more\":true"u8 : "],\"more\":false"u8);
        if (page.Next is { } next)
        {
            writer.Write(Encoding.ASCII.GetBytes($",\"next\":\"{next}\""));
        }

        WriteNames(writer, ",\"damaged\":", page.Damaged);
        WriteNames(writer, ",\"unavailable\":", page.Unavailable);
        if (page.Facets is { } facets)
        {
            writer.Write(",\"facets\":"u8);
            WriteFacets(writer, facets);
        }

        writer.Write(Encoding.ASCII.GetBytes($",\"read\":{{\"blobs\":{page.Read.Blobs},\"bytes\":{page.Read.Bytes}}}}}\n"));
        await writer.FlushAsync(context.RequestAborted);
    }

    // Names of blobs and stores have no character that JSON escapes.
    private static void WriteNames<T>(IBufferWriter<byte> writer, string member, IReadOnlyList<T> names)
    {
        if (names.Count > 0)
        {
            writer.Write(Encoding.ASCII.GetBytes($"{member}[\"{string.Join("\",\"", names)}\"]"));
        }
    }

    private static void WriteFacets(IBufferWriter<byte> writer, EventFacets facets)
    {
        using var json = new Utf8JsonWriter(writer);
        json.WriteStartObject();
        foreach (var facet in facets.Values)
        {
            json.WriteStartObject(facet.Facet.ToString().ToLowerInvariant());
            json.WriteStartArray("values"u8);
            foreach (var (value, count) in facet.Values)
            {
                json.WriteStartObject();
                json.WriteString("value"u8, value);
                json.WriteNumber("count"u8, count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("other"u8, facet.Other);
            json.WriteEndObject();
        }

        if (facets.Time is { } time)
        {
            WriteTime(json, time);
        }

        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, TimeFacet time)
    {
        json.WriteStartObject("time"u8);
        json.WriteNumber("seconds"u8, (long)time.Step.TotalSeconds);
        json.WriteStartArray("buckets"u8);
        foreach (var bucket in time.Buckets)
        {
            json.WriteStartObject();
            json.WriteString("from"u8, bucket.From); // a UTC time is written as RFC 3339 with Z
            json.WriteNumber("count"u8, bucket.Count);
            json.WriteNumber("failures"u8, bucket.Failures);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
