using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Trailgate.Query;

/// <summary>
/// Events as a table: CSV by RFC 4180, with a line of titles. Spreadsheets run a cell that begins like a formula, and events
/// hold what strangers wrote; such a cell gets an apostrophe in front, which spreadsheets do not show.
/// </summary>
public static class EventTable
{
    private static readonly (string Title, string[] Path)[] Columns =
    [
        ("eventTime", ["eventTime"]),
        ("region", ["trailgate", "region"]),
        ("action", ["action"]),
        ("kind", ["trailgate", "kind"]),
        ("outcome", ["outcome"]),
        ("severity", ["severity"]),
        ("initiator.id", ["initiator", "id"]),
        ("initiator.name", ["initiator", "name"]),
        ("target.id", ["target", "id"]),
        ("target.name", ["target", "name"]),
        ("reason.reasonCode", ["reason", "reasonCode"]),
        ("reason.reasonForFailure", ["reason", "reasonForFailure"]),
        ("correlationId", ["correlationId"]),
        ("message", ["message"]),
        ("id", ["id"]),
    ];

    /// <summary>The line of titles, with its end.</summary>
    public static string Titles { get; } = string.Join(',', Columns.Select(column => column.Title)) + "\r\n";

    /// <summary>The line of an event, with its end.</summary>
    public static string Row(ReadOnlyMemory<byte> line)
    {
        using var json = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 128 });
        var cells = Columns.Select(column => Cell(Find(json.RootElement, column.Path)));
        return string.Join(',', cells) + "\r\n";
    }

    internal static async Task WriteAsync(HttpContext context, EventPage page)
    {
        var writer = context.Response.BodyWriter;
        writer.Write(Encoding.UTF8.GetBytes(Titles));
        foreach (var line in page.Lines)
        {
            writer.Write(Encoding.UTF8.GetBytes(Row(line)));
            await writer.FlushAsync(context.RequestAborted);
        }

        await writer.FlushAsync(context.RequestAborted);
    }

    private static string Find(JsonElement element, string[] path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return "";
            }
        }

        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText(); // not null: it is a string
        }
        catch (InvalidOperationException)
        {
            return element.GetRawText()[1..^1]; // half a surrogate pair is no text: its escapes are
        }
    }

    private static string Cell(string text)
    {
        if (text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..])
        {
            text = "'" + text;
        }

        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
