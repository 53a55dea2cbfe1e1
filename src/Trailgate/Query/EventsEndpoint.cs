using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query.Changes;
using Trailgate.Storage;

namespace Trailgate.Query;

/// <summary>
/// <c>GET /api/events</c> and <c>GET /api/events/{id}</c>. Events are written as they are stored, byte for byte.
/// Everything that can fail has happened before the first byte of an answer.
/// </summary>
public sealed class EventsEndpoint(EventSearch search, EventLookup lookup)
{
    internal static Problem NoSuchEvent { get; } = new(StatusCodes.Status404NotFound, "no-such-event", "There is no such event",
        "Neither the inbox nor the archive holds an event of this id. Copies of an event have one id; a source's own id is under trailgate.sourceId.");

    /// <summary>
    /// Answers a query: <c>{"events":[...],"more":true,"next":"..."}</c>, or one event a line when the caller accepts
    /// <c>application/x-ndjson</c> or says <c>format=ndjson</c>, or a table (<c>text/csv</c>, <c>format=csv</c>). While there
    /// are more, <c>next</c> is the <c>cursor</c> of the page behind. Parts of the archive that could not be read are
    /// named under <c>damaged</c>, stores that did not answer under <c>unavailable</c>, and <c>read</c> says how many blobs were
    /// opened and how many stored bytes read. Headers say the same for all forms: <c>Trailgate-More</c>, <c>Trailgate-Next</c>,
    /// <c>Trailgate-Damaged</c> with the number of parts, <c>Trailgate-Unavailable</c> with the names of the stores,
    /// <c>Trailgate-Read-Blobs</c> and <c>Trailgate-Read-Bytes</c>. Only the document has the <c>facets</c> that were asked for.
    /// </summary>
    /// <exception cref="ArchiveDamagedException">No newest ledger note can be read.</exception>
    /// <exception cref="StorageException">No store could do it; a retry is safe.</exception>
    public async Task HandleAsync(HttpContext context)
    {
        if (!EventQuery.TryParse(context.Request.Query, out var query, out var problem)
            || !AnswerFormat.TryChoose(context.Request, out var form, out problem))
        {
            await problem.WriteAsync(context);
            return;
        }

        var page = await search.FindAsync(query, context.RequestAborted);
        var response = context.Response;
        response.ContentType = AnswerFormat.TypeOf(form);
        response.Headers.CacheControl = "no-store";
        response.Headers.Vary = "Accept";
        response.Headers["Trailgate-More"] = page.More ? "true" : "false";
        if (page.Next is { } next)
        {
            response.Headers["Trailgate-Next"] = next;
        }

        if (page.Damaged.Count > 0)
        {
            response.Headers["Trailgate-Damaged"] = page.Damaged.Count.ToString(CultureInfo.InvariantCulture);
        }

        response.Headers["Trailgate-Read-Blobs"] = page.Read.Blobs.ToString(CultureInfo.InvariantCulture);
        response.Headers["Trailgate-Read-Bytes"] = page.Read.Bytes.ToString(CultureInfo.InvariantCulture);
        if (page.Unavailable.Count > 0)
        {
            response.Headers["Trailgate-Unavailable"] = string.Join(", ", page.Unavailable);
        }

        await (form switch
        {
            AnswerForm.Lines => WriteLinesAsync(context, page),
            AnswerForm.Csv => EventTable.WriteAsync(context, page),
            _ => EventsJson.WriteAsync(context, page),
        });
    }

    /// <summary>
    /// Answers with one event: <c>{"event":{...}}</c>. An event that had to be limited comes with <c>"overflow":{...}</c>,
    /// the whole of it, or null when that is no longer kept; not with <c>full=false</c>.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="id">The last segment of the path.</param>
    /// <exception cref="ArchiveDamagedException">A part of the archive that could hold the event, or its overflow, can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public Task HandleOneAsync(HttpContext context, string id) => HandleOneAsync(context, id, more: null);

    /// <summary>The same, with more members: what <paramref name="more"/> writes goes behind the others, each with a comma before it.</summary>
    internal async Task HandleOneAsync(HttpContext context, string id, Func<FoundEvent, IBufferWriter<byte>, Task>? more)
    {
        if (!TryReadFull(context.Request.Query, out var full))
        {
            await QueryParameters.Bad("Allowed here are 'full', true or false, to leave out the whole of an event that had to be limited, and 'changes=true' or 'proof=true'.").WriteAsync(context);
            return;
        }

        if (!EventId.TryParse(id.ToLowerInvariant(), out var eventId))
        {
            await QueryParameters.Bad("An event id has 32 hexadecimal digits; 'id' of every event is one.").WriteAsync(context);
            return;
        }

        var cancellationToken = context.RequestAborted;
        if (await lookup.FindAsync(eventId, cancellationToken) is not { } found)
        {
            await NoSuchEvent.WriteAsync(context);
            return;
        }

        var name = full ? OverflowReader.NameIn(found.Line) : null;
        var overflow = name is { } blob ? await found.Reader.Overflows.ReadAsync(blob, cancellationToken) : null;
        var rest = new ArrayBufferWriter<byte>();
        if (more is not null)
        {
            await more(found, rest);
        }

        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        var writer = context.Response.BodyWriter;
        writer.Write("{\"event\":"u8);
        writer.Write(found.Line.Span);
        if (name is not null)
        {
            writer.Write(",\"overflow\":"u8);
            writer.Write(overflow is { } json ? json.Span : "null"u8);
        }

        writer.Write(rest.WrittenSpan);
        writer.Write("}\n"u8);
        await writer.FlushAsync(cancellationToken);
    }

    private static bool TryReadFull(IQueryCollection parameters, out bool full)
    {
        full = true;
        return parameters.Keys.All(static name => name.ToLowerInvariant() is "full" or ChangesEndpoint.Parameter)
            && (!parameters.TryGetValue("full", out StringValues values) || (values is [var text] && bool.TryParse(text, out full)));
    }

    private static async Task WriteLinesAsync(HttpContext context, EventPage page)
    {
        var writer = context.Response.BodyWriter;
        foreach (var line in page.Lines)
        {
            writer.Write(line.Span);
            writer.Write("\n"u8);
            await writer.FlushAsync(context.RequestAborted);
        }
    }
}
