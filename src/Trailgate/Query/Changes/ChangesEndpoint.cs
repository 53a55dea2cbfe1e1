using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Trailgate.Archive;
using Trailgate.Storage;

namespace Trailgate.Query.Changes;

/// <summary><c>GET /api/events/{id}?changes=true</c>: one event as without it, and <c>changes</c>: what it changed.</summary>
public sealed class ChangesEndpoint(EventsEndpoint events, ChangeSearch search)
{
    /// <summary>The parameter that asks for it.</summary>
    public const string Parameter = "changes";

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="id">The last segment of the path.</param>
    /// <exception cref="ArchiveDamagedException">A part of the archive that could hold the event, or its overflow, can not be read.</exception>
    /// <exception cref="StorageException">The store could not do it; a retry is safe.</exception>
    public async Task HandleAsync(HttpContext context, string id)
    {
        if (context.Request.Query[Parameter] is not ["true"])
        {
            await QueryParameters.Bad("'changes=true' asks for what an event changed; leave it out for the event alone.").WriteAsync(context);
            return;
        }

        await events.HandleOneAsync(context, id, async (found, writer) =>
        {
            var changes = await search.FindAsync(found, context.RequestAborted);
            writer.Write(",\"changes\":"u8);
            await using var json = new Utf8JsonWriter(writer);
            ChangesJson.Write(json, changes);
        });
    }
}
